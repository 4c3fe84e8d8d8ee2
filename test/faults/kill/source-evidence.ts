import { z } from "zod";
import type { Deletion, Source, SourceThing, Thing } from "../checker/evidence.ts";
import type { SimulatorControl } from "./fault-stack.ts";
import { type LoadWorkspace, outlives, thingsIn, workspacesSchema } from "./source-things.ts";

const callsSchema = z.array(
  z.object({
    at: z.string(),
    surface: z.string(),
    method: z.string(),
    path: z.string(),
    workspaceId: z.string().nullable(),
  }),
);
type Call = z.infer<typeof callsSchema>[number];
const removalsSchema = z.array(
  z.object({ workspaceId: z.string(), kind: z.string(), id: z.string(), at: z.string() }),
);

/** What was in the workspaces of a run before anything was asked. */
export type Before = ReadonlyMap<string, readonly SourceThing[]>;

/** What the simulators know by themselves: each call that asked to delete, what calls made go, and what is left. */
export async function sourceEvidence(
  simulators: SimulatorControl,
  workspaces: readonly LoadWorkspace[],
  before: Before,
): Promise<Source> {
  const known = await simulators.get("workspaces", workspacesSchema);
  const deleted = new Set(known.filter(({ isDeleted }) => isDeleted).map(({ id }) => id));
  const used = workspaces.filter(({ id }) => before.has(id));
  const after: Thing[] = [];
  for (const workspace of used) {
    after.push(...(await thingsIn(simulators, workspace, deleted.has(workspace.id))));
  }
  const calls = await simulators.get("calls?mutating=true", callsSchema);
  const removals = await simulators.get("removals", removalsSchema);
  const ownerOf = new Map(used.map(({ armId, id }) => [armId?.toLowerCase() ?? id, id]));
  for (const [id, things] of before) {
    // Resources of their own are named by their own ARM ids.
    for (const { thing } of things) ownerOf.set(thing.split(" ")[2] ?? id, id);
  }
  return {
    before: [...before.values()].flat(),
    after,
    deletions: [
      ...calls.flatMap((call) => askedFor(call, before, ownerOf)),
      ...effects(removals, before),
    ],
  };
}

/** The things that a call names and those that go along with them; none for a call that deletes nothing. */
function askedFor(call: Call, before: Before, ownerOf: ReadonlyMap<string, string>): Deletion[] {
  if (call.method !== "DELETE") return [];
  const isArm = call.surface === "arm";
  const path = decodeURIComponent(call.path).toLowerCase();
  const workspaceId = isArm ? ownerOf.get(path) : call.workspaceId?.toLowerCase();
  const things = (before.get(workspaceId ?? "") ?? [])
    .map(({ thing }) => thing)
    .filter((thing) => isNamedBy(path, isArm, thing) || goesAlong(path, isArm, thing));
  // A call about something that nobody knows of is nobody's right.
  const named = things.length === 0 ? [`unknown: ${path}`] : things;
  return [{ at: call.at, things: named, isEffective: false }];
}

function isNamedBy(path: string, isArm: boolean, thing: Thing): boolean {
  const [workspaceId = "", kind = "", id = ""] = thing.split(" ");
  if (kind === "workspace") return isWorkspaceCall(path, isArm, workspaceId);
  return isArm ? path === id : path.endsWith(`/${id.replace("/", "/endpoints/")}`);
}

/** With a workspace goes what does not outlive it, and with a web service its endpoints. */
function goesAlong(path: string, isArm: boolean, thing: Thing): boolean {
  const [workspaceId = "", kind = "", id = ""] = thing.split(" ");
  if (isWorkspaceCall(path, isArm, workspaceId)) return !outlives(kind);
  return kind === "web-service-endpoint" && path.endsWith(`/${id.split("/")[0]}`);
}

function isWorkspaceCall(path: string, isArm: boolean, workspaceId: string): boolean {
  return isArm ? /\/workspaces\/[^/]+$/.test(path) : path.endsWith(`/workspaces/${workspaceId}`);
}

/** What went, each time: with a workspace, what had not gone before. */
function effects(removals: z.infer<typeof removalsSchema>, before: Before): Deletion[] {
  const gone = new Set<Thing>();
  const inOrder = removals.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return inOrder.flatMap(({ workspaceId, kind, id, at }) => {
    // The runs of an experiment and the users of a workspace are no things of their own here.
    if (kind === "runs" || kind === "user" || kind === "endpoint") return [];
    const inIt = (before.get(workspaceId) ?? []).map(({ thing }) => thing);
    const things = inIt.filter((thing) => {
      const [, thingKind = "", thingId = ""] = thing.split(" ");
      if (kind === "workspace") return !outlives(thingKind) && !gone.has(thing);
      // An endpoint goes with its web service.
      return thingId.split("/")[0] === id.toLowerCase() || thingId === id.toLowerCase();
    });
    for (const thing of things) gone.add(thing);
    return things.length === 0 ? [] : [{ at, things, isEffective: true }];
  });
}
