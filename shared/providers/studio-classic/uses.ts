import { z } from "zod";
import type { AssetKind } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import type { AssetKey, Use } from "../../pipeline/ports.ts";
import { parseShape } from "../json.ts";
import { isOwn } from "./assets.ts";
import type { StudioCalls } from "./calls.ts";
import { COLLECTIONS, familyKey, idOf } from "./places.ts";

/**
 * Which assets of a workspace use which. An experiment names the data sets, models and transforms on the input ports of
 * its graph, its modules, and the web service that it was deployed as; an endpoint names the experiment that it came
 * from; a project lists what is in it (https://github.com/hning86/azuremlps). Names lead to the asset of the inventory,
 * whatever version they are of; one that leads nowhere is left out.
 */

/** So many documents are read at a time. */
const CONCURRENCY = 8;

const id = z
  .string()
  .nullish()
  .transform((text) => text ?? "");
const many = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const portSchema = z.object({ DataSourceId: id, TrainedModelId: id, TransformModuleId: id });
const nodeSchema = z.object({ ModuleId: id, InputPortsInternal: many(portSchema) });
const experimentSchema = z
  .object({
    Graph: z.object({ ModuleNodes: many(nodeSchema) }).nullish(),
    WebService: z.object({ WebServiceGroupId: id }).nullish(),
  })
  .nullable();
const projectSchema = z.object({
  ContainerId: id,
  Contents: z
    .record(z.string(), many(z.string()))
    .nullish()
    .transform((contents) => contents ?? {}),
});
const endpointSchema = z.object({ ExperimentLocation: id });

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
  const { index, listed } = await indexed(calls, workspace);
  const seen = new Set<string>();
  for await (const [user, used] of namedUses(calls, workspace, index, listed)) {
    const key = JSON.stringify([user.kind, user.sourceId, used.kind, used.sourceId]);
    if (!seen.has(key)) yield { user, used };
    seen.add(key);
  }
}

async function* namedUses(
  calls: StudioCalls,
  workspace: Workspace,
  index: Index,
  listed: readonly AssetKey[],
): AsyncGenerator<readonly [user: AssetKey, used: AssetKey]> {
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
    for (const used of found(index, Object.values(Contents).flat())) yield [user, used];
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
    const parsed = parseShape(experimentSchema, document);
    const names = (parsed?.Graph?.ModuleNodes ?? []).flatMap((node) => [
      node.ModuleId,
      ...node.InputPortsInternal.flatMap((port) => Object.values(port)),
    ]);
    yield [experiment, names, parsed?.WebService?.WebServiceGroupId ?? ""];
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

async function indexed(
  calls: StudioCalls,
  workspace: Workspace,
): Promise<{ readonly index: Index; readonly listed: readonly AssetKey[] }> {
  const index = new Map<string, AssetKey>();
  const listed: AssetKey[] = [];
  for (const kind of LISTED) {
    for (const item of await calls.list(workspace, COLLECTIONS[kind].place)) {
      const key = { kind, sourceId: idOf(item, COLLECTIONS[kind].member) };
      if (!isListed(workspace, key)) continue;
      listed.push(key);
      index.set(nameKey(key.sourceId), key);
    }
  }
  return { index, listed };
}

/** Samples and earlier runs are none of the workspace's assets; ids without a dot say nothing of a workspace. */
function isListed({ workspaceId }: Workspace, { sourceId }: AssetKey): boolean {
  const isForeign = sourceId.includes(".") && !isOwn(workspaceId, sourceId);
  return sourceId !== "" && !isForeign && !sourceId.includes(".s-id.");
}

function found(index: Index, names: readonly string[]): AssetKey[] {
  return names.flatMap((name) => index.get(nameKey(name)) ?? []);
}

/** What all names of an asset have in common: its family, or the digits that an experiment shares with its runs. */
function nameKey(name: string): string {
  const run = /^([0-9a-f]{32})\.[fs]-id\.([0-9a-f]{32})/i.exec(name);
  return (run === null ? familyKey(name) : `${run[1]}.${run[2]}`).toLowerCase();
}
