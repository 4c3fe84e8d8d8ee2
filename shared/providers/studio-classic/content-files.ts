import { isOwn } from "./assets.ts";
import type { ContentList, OutputRef } from "./client.ts";
import { contentName } from "./content-name.ts";
import { hasOutput, linkedFile } from "./linked-file.ts";
import { documentFile, keyOf, noSuchAsset, orNull, type Part } from "./parts.ts";
import type { Dataset, DownloadLocation } from "./shapes.ts";
import type { Source } from "./source.ts";

/**
 * The files of one version of a data set, model or transform: its document, schema and preview where it has them, and
 * its content, by its own link or else by the output that it was promoted from. `folder` is where they lie. Throws
 * `asset-not-found`.
 */
export async function* contentFiles(
  source: Source,
  list: ContentList,
  id: string,
  folder: readonly string[] = [],
): AsyncGenerator<Part> {
  if (!isOwn(source.workspace.workspaceId, id)) throw noSuchAsset();
  const inFolder = folder.length > 0;
  const key = (kind: string) => (inFolder ? keyOf(kind, id) : kind);
  const read = () => source.ask((client, access) => client.content(access, list, id));
  const { text, value } = await read();
  yield await documentFile(source, key("metadata"), [...folder, "metadata.json"], text);
  for (const [kind, member] of DESCRIPTIONS) {
    const location = value[member];
    if (!location) continue;
    const path = [...folder, `${kind}.json`];
    const renew = async () => (await read()).value[member] ?? null;
    yield linkedFile(source, { key: key(kind), path, sizeBytes: 0 }, { link: { location, renew } });
  }
  const file = {
    key: key("content"),
    path: [...folder, contentName(value)],
    sizeBytes: value.Size,
  };
  if (value.DownloadLocation) {
    const renew = async () => (await read()).value.DownloadLocation ?? null;
    // The catalogue's size counts: the link's can be missing.
    const location = { ...value.DownloadLocation, Size: value.Size };
    yield linkedFile(source, file, { link: { location, renew } });
  } else {
    yield* promotedContent(source, value, file);
  }
}

const DESCRIPTIONS = [
  ["schema", "SchemaEndPoint"],
  ["preview", "VisualizeEndPoint"],
] as const;

type File = { readonly key: string; readonly path: readonly string[]; readonly sizeBytes: number };

/** Models and transforms have no link of their own; their bytes are at the output that they were promoted from. */
async function* promotedContent(
  source: Source,
  { PromotedFrom, Size }: Dataset,
  file: File,
): AsyncGenerator<Part> {
  const output = outputOf(PromotedFrom);
  if (output === null || !isOwn(source.workspace.workspaceId, output.experimentId)) {
    yield { path: file.path, reason: "asset-not-found" };
    return;
  }
  const renew = () => outputLocation(source, output);
  const location = await renew();
  if (location !== null) {
    yield linkedFile(source, file, { link: { location: { ...location, Size }, renew }, output });
  } else if (await hasOutput(source, output)) {
    yield linkedFile(source, file, { output });
  } else {
    yield { path: file.path, reason: "asset-not-found" };
  }
}

/** The link of an output; null when the run, the node or the output is gone. */
async function outputLocation(
  { ask }: Source,
  { experimentId, nodeId, port }: OutputRef,
): Promise<DownloadLocation | null> {
  const experiment = await orNull(() =>
    ask((client, access) => client.experiment(access, experimentId)),
  );
  const status = experiment?.value.NodeStatuses.find(({ NodeId }) => NodeId === nodeId);
  return status?.OutputEndpoints?.find((endpoint) => endpoint?.Name === port) ?? null;
}

/**
 * The output that `<experiment>.<node>.<port>` names, or null. The experiment's id has two dots (those of runs more),
 * the node's none, the port's may hold anything.
 */
export function outputOf(promotedFrom: string): OutputRef | null {
  const match =
    /^([^.]+\.f-id\.[^.]+|[^.]+\.s-id\.[^.]+\.[^.]+\.[^.]+\.[^.]+)\.([^.]+)\.(.+)$/s.exec(
      promotedFrom,
    );
  if (match === null) return null;
  const [, experimentId = "", nodeId = "", port = ""] = match;
  return { experimentId, nodeId, port };
}
