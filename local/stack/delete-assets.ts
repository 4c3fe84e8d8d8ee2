import { join } from "node:path";
import { z } from "zod";
import { fetchReceipt } from "./fetch-receipt.ts";
import { requestSchema } from "./request-answer.ts";
import { type CliSurroundings, runCli } from "./run-cli.ts";

/** One deletion as it ended, for the summary. */
export type DeleteResult = {
  readonly id: string;
  readonly kind: "delete";
  readonly workspace: string | null;
  readonly accountType: string | null;
  readonly state: string;
  /** How many assets the plan marked deletable, and how many of them the simulators hold still. */
  readonly assets: number;
  readonly left: number;
  /** Absolute path of the receipt; null when it was not proven. */
  readonly receipt: string | null;
};

/** What to delete: a seeded workspace, or one data set of it, by its name. */
export type Deletion = {
  readonly key: string;
  readonly name: string;
  readonly workspace: string;
  readonly dataset?: string;
};

/** Where the stack has its data and its simulators, how to give up, and where to tell what goes on. */
export type Deleting = {
  readonly dataDir: string;
  readonly controlUrl: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
};

const planSchema = z.object({
  planHash: z.string(),
  assets: z.array(z.object({ kind: z.string(), id: z.string(), way: z.string() })),
});
type Plan = z.infer<typeof planSchema>;
const heldSchema = z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() }));
const workspacesSchema = z.array(
  z.object({ key: z.string(), id: z.string(), isDeleted: z.boolean() }),
);

/** Who approves: another identity than the one that asks. */
const APPROVER = "approver-app";

/**
 * Deletes the way people would: one asks, another reads the plan and approves it, both with the command line. What
 * the simulators hold afterwards is asked of them, not of the app. Throws when the request is not even accepted, or
 * when `signal` aborts.
 */
export async function deleteAssets(deleting: Deleting, deletion: Deletion): Promise<DeleteResult> {
  const { dataDir, signal, onLine } = deleting;
  const surroundings = { stackFile: join(dataDir, "stack.json"), signal, onLine };
  const run = <Value>(schema: z.ZodType<Value>, args: readonly string[], identity?: string) =>
    runCli({ args, schema, ...(identity !== undefined && { identity }) }, surroundings);
  const asset = await assetArguments(deleting, deletion);
  const submitted = await run(requestSchema, ["delete", deletion.workspace, ...asset]);
  if (submitted.value === null) throw new Error("The deletion was not accepted; see above.");
  const { id } = submitted.value;
  await run(requestSchema, ["status", id, "--watch"]);
  const plan = (await run(planSchema, ["plan", id])).value;
  if (plan === null) throw new Error(`The plan of request ${id} cannot be read; see above.`);
  await run(requestSchema, ["approve", id, "--plan-hash", plan.planHash], APPROVER);
  const request = (await run(requestSchema, ["status", id, "--watch"])).value ?? submitted.value;
  return {
    id,
    kind: "delete",
    workspace: request.workspaces[0]?.name ?? null,
    accountType: request.workspaces[0]?.accountType ?? null,
    state: request.state,
    assets: deletable(plan).length,
    left: await leftOf(deleting, deletion, plan),
    receipt: await receiptOf(dataDir, request, surroundings),
  };
}

async function receiptOf(
  dataDir: string,
  { id, state }: z.infer<typeof requestSchema>,
  surroundings: CliSurroundings,
): Promise<string | null> {
  return state.startsWith("completed") ? fetchReceipt(dataDir, id, surroundings) : null;
}

/** The simulators name a data set by its family, the app by the id of its newest version. */
async function assetArguments(deleting: Deleting, deletion: Deletion): Promise<string[]> {
  const { dataset } = deletion;
  if (dataset === undefined) return [];
  const url = `${deleting.controlUrl}/control/workspaces/${deletion.key}/datasets`;
  const response = await fetch(url);
  const datasets = z
    .array(z.object({ id: z.string(), name: z.string() }))
    .parse(await response.json());
  const found = datasets.find(({ name }) => name === dataset);
  if (found === undefined) throw new Error(`The simulators have no data set ${dataset}`);
  return ["--asset", `dataset:${found.id}`];
}

function deletable({ assets }: Plan) {
  return assets.filter(({ way }) => way === "erase");
}

/** How many assets that the plan marked deletable are there still. */
async function leftOf({ controlUrl }: Deleting, { key }: Deletion, plan: Plan): Promise<number> {
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`${controlUrl}/control/workspaces${path}`)).json();
  const workspaces = workspacesSchema.parse(await read(""));
  if (workspaces.find((workspace) => workspace.key === key)?.isDeleted === true) return 0;
  const held = heldSchema.parse(await read(`/${key}/assets`));
  const there = new Set(held.map(({ kind, id }) => `${kind} ${id}`));
  return deletable(plan).filter(
    ({ kind, id }) => kind === "workspace" || there.has(`${kind} ${familyOf(id)}`),
  ).length;
}

/** `<workspace>.<family>.<version>` is known to the simulators by its family; other ids are as they are. */
function familyOf(id: string): string {
  return /^[0-9a-f]{32}\.([0-9a-f]{32})\.v/.exec(id)?.[1] ?? id;
}
