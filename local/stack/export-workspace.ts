import { join } from "node:path";
import { z } from "zod";
import { fetchReceipt } from "./fetch-receipt.ts";
import { requestSchema } from "./request-answer.ts";
import { type CliSurroundings, runCli } from "./run-cli.ts";
import type { SeededWorkspace } from "./seeded-workspaces.ts";

/** One export as it ended, for the summary. */
export type ExportResult = {
  readonly id: string;
  readonly kind: "export";
  /** Name and account type, as the app found them. */
  readonly workspace: string | null;
  readonly accountType: string | null;
  readonly state: string;
  readonly assets: number | null;
  /** Payload bytes of the downloaded package. */
  readonly bytes: number | null;
  /** Absolute path of the downloaded package; null when it was not proven. */
  readonly package: string | null;
  /** Absolute path of the receipt; null when it was not proven. */
  readonly receipt: string | null;
};

/** Where the stack has its data, how to give up, and where to tell what goes on. */
export type Exporting = {
  readonly dataDir: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
};

const exportSchema = requestSchema.extend({
  progress: z.object({ items: z.object({ total: z.number().nullable() }) }),
});
const packageSchema = z.object({ folder: z.string(), payloadBytes: z.number() });
const registeredSchema = z.object({ id: z.string(), accountType: z.string() });

/**
 * Exports a workspace the way an internal tool would: with the command line, as processes of its own. A free
 * or guest workspace is registered with its token before. The package is downloaded to
 * `<dataDir>/exports/<request id>` and every digest in it is proven.
 *
 * Throws when the workspace is not taken or the request not even accepted, or when `signal` aborts; `package`
 * is null when anything later fails or takes more than ten minutes.
 */
export async function exportWorkspace(
  { dataDir, signal, onLine }: Exporting,
  seeded: SeededWorkspace,
): Promise<ExportResult> {
  const surroundings = { stackFile: join(dataDir, "stack.json"), signal, onLine };
  await register(surroundings, seeded);
  const run = <Value>(schema: z.ZodType<Value>, ...args: string[]) =>
    runCli({ args, schema }, surroundings);
  const submitted = await run(exportSchema, "export", seeded.workspace);
  if (submitted.value === null) throw new Error("The export was not accepted; see above.");
  const { id } = submitted.value;
  const watched = await run(exportSchema, "status", id, "--watch");
  const request = watched.value ?? submitted.value;
  const folder = join(dataDir, "exports", id);
  const proven = watched.isOk ? await run(packageSchema, "download", id, "--out", folder) : null;
  return {
    id,
    kind: "export",
    workspace: request.workspaces[0]?.name ?? null,
    accountType: request.workspaces[0]?.accountType ?? null,
    state: request.state,
    assets: request.progress.items.total,
    bytes: proven?.value?.payloadBytes ?? null,
    package: proven?.isOk === true ? (proven.value?.folder ?? null) : null,
    receipt: watched.isOk ? await fetchReceipt(dataDir, id, surroundings) : null,
  };
}

async function register(
  surroundings: CliSurroundings,
  { workspace, token, accountType }: SeededWorkspace,
): Promise<void> {
  if (token === null) return;
  const args = ["workspaces", "register", workspace, "--type", accountType, "--token-stdin"];
  const { isOk } = await runCli({ args, schema: registeredSchema, input: token }, surroundings);
  if (!isOk) throw new Error("The workspace was not registered; see above.");
}
