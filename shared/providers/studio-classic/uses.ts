import type { AssetKind } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import type { AssetKey, Use } from "../../pipeline/ports.ts";
import { parseShape } from "../json.ts";
import { isOwn } from "./assets.ts";
import type { StudioCalls } from "./calls.ts";
import { experimentSchema } from "./experiment-shape.ts";
import { COLLECTIONS, idOf, versionless } from "./places.ts";
import { endpointSchema, projectSchema } from "./shapes.ts";

/**
 * Which assets of a workspace use which. An experiment names the data sets, models and transforms on the input ports of
 * its graph, its modules, and the web service that it was deployed as; an endpoint names the experiment that it came
 * from; a project lists what is in it (https://github.com/hning86/azuremlps). Names lead to the asset of the inventory,
 * whatever version they are of; one that leads nowhere is left out.
 */

/** So many documents are read at a time. */
const CONCURRENCY = 8;

/** The kinds that are used. */
const LISTED = [
  "dataset",
  "trained-model",
  "transform",
  "custom-module",
  "experiment",
  "notebook",
  "web-service",
] as const satisfies readonly AssetKind[];

/** The assets of a workspace by whatever names them in a document. */
type Index = ReadonlyMap<string, AssetKey>;

/** Every use in the workspace, each once. Throws as `StudioCalls.read` does. */
export async function* usesInStudio(calls: StudioCalls, workspace: Workspace): AsyncGenerator<Use> {
  const index = await indexed(calls, workspace);
  const seen = new Set<string>();
  for await (const [user, used] of namedUses(calls, workspace, index)) {
    const key = JSON.stringify([user.kind, user.sourceId, used.kind, used.sourceId]);
    if (!seen.has(key)) yield { user, used };
    seen.add(key);
  }
}

async function* namedUses(
  calls: StudioCalls,
  workspace: Workspace,
  index: Index,
): AsyncGenerator<readonly [user: AssetKey, used: AssetKey]> {
  const listed = [...index.values()];
  const experiments = listed.filter(({ kind }) => kind === "experiment");
  for await (const [user, names, service] of experimentNames(calls, workspace, experiments)) {
    for (const used of found(index, names)) yield [user, used];
    for (const server of found(index, [service])) yield [server, user];
  }
  const services = listed.filter(({ kind }) => kind === "web-service");
  for await (const [user, names] of serviceNames(calls, workspace, services)) {
    for (const used of found(index, names)) yield [user, used];
  }
  for (const item of await calls.list(workspace, COLLECTIONS.project.place)) {
    const { ContainerId, Contents } = parseShape(projectSchema, item);
    const user = { kind: "project" as const, sourceId: ContainerId };
    for (const used of found(index, Contents)) yield [user, used];
  }
}

/** Each experiment, what its graph names, and the service it was deployed as. */
async function* experimentNames(
  calls: StudioCalls,
  workspace: Workspace,
  experiments: readonly AssetKey[],
): AsyncGenerator<readonly [AssetKey, readonly string[], string]> {
  const read = ({ sourceId }: AssetKey) =>
    calls.read(workspace, { api: "studio", segments: ["experiments", sourceId] });
  for await (const [experiment, document] of inGroups(experiments, read)) {
    // One that went since it was listed uses nothing.
    if (document === null) continue;
    const { Graph, WebService } = parseShape(experimentSchema, document);
    const names = (Graph?.ModuleNodes ?? []).flatMap((node) => [
      node.ModuleId,
      ...node.InputPortsInternal.flatMap((port) => Object.values(port)),
    ]);
    yield [experiment, names, WebService?.WebServiceGroupId ?? ""];
  }
}

/** Each web service, and the experiments that its endpoints came from. */
async function* serviceNames(
  calls: StudioCalls,
  workspace: Workspace,
  services: readonly AssetKey[],
): AsyncGenerator<readonly [AssetKey, readonly string[]]> {
  const read = ({ sourceId }: AssetKey) =>
    calls.list(workspace, { api: "management", segments: ["webservices", sourceId, "endpoints"] });
  for await (const [service, endpoints] of inGroups(services, read)) {
    const names = endpoints.map((endpoint) => {
      const location = URL.parse(parseShape(endpointSchema, endpoint).ExperimentLocation);
      return location?.pathname.split("/").at(-1) ?? "";
    });
    yield [service, names];
  }
}

async function* inGroups<I, O>(
  items: readonly I[],
  read: (item: I) => Promise<O>,
): AsyncGenerator<readonly [I, O]> {
  for (let from = 0; from < items.length; from += CONCURRENCY) {
    const some = items.slice(from, from + CONCURRENCY);
    yield* await Promise.all(some.map(async (item) => [item, await read(item)] as const));
  }
}

/** The assets of the inventory; of an experiment and its runs the one that is listed, whose id is the least. */
async function indexed(calls: StudioCalls, workspace: Workspace): Promise<Index> {
  const index = new Map<string, AssetKey>();
  for (const kind of LISTED) {
    for (const item of await calls.list(workspace, COLLECTIONS[kind].place)) {
      const sourceId = idOf(item, COLLECTIONS[kind].member);
      // Ids without a dot say nothing of a workspace.
      const isForeign = sourceId.includes(".") && !isOwn(workspace.workspaceId, sourceId);
      if (sourceId === "" || isForeign) continue;
      const known = index.get(versionless(sourceId));
      if (known === undefined || sourceId < known.sourceId) {
        index.set(versionless(sourceId), { kind, sourceId });
      }
    }
  }
  return index;
}

function found(index: Index, names: readonly string[]): AssetKey[] {
  return names.flatMap((name) => index.get(versionless(name)) ?? []);
}
