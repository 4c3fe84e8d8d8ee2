import { isOwn } from "./assets.ts";
import type { ContentList } from "./client.ts";
import { contentFiles } from "./content-files.ts";
import type { Experiment } from "./experiment-shape.ts";
import { nodeFiles } from "./node-files.ts";
import { documentFile, keyOf, noSuchAsset, orNull, type Part } from "./parts.ts";
import { runLabel, runsOf } from "./run-history.ts";
import { readExperiment, type Source } from "./source.ts";

/**
 * The files of an experiment: its document and comments, the results, logs and scripts of its nodes; the same of each
 * earlier run; and older versions of data sets, models and transforms that it uses and no list shows any more. Throws
 * `asset-not-found`.
 */
export async function* experimentFiles(source: Source, id: string): AsyncGenerator<Part> {
  if (!isOwn(source.workspace.workspaceId, id)) throw noSuchAsset();
  const head = await readExperiment(source, id);
  const used = new Map<string, ContentList>();
  yield await documentFile(source, "experiment", ["experiment.json"], head.text);
  yield* comments(source, id);
  yield* nodeFiles(source, { id, experiment: head.value, folder: [] });
  collectUsed(head.value, used);
  for await (const run of runsOf(source, id, head.value)) {
    if ("reason" in run) {
      yield run;
      continue;
    }
    const folder = ["runs", runLabel(run.id)];
    const path = [...folder, "experiment.json"];
    yield await documentFile(source, keyOf("run", run.id), path, run.document.text);
    yield* nodeFiles(source, { id: run.id, experiment: run.document.value, folder });
    collectUsed(run.document.value, used);
  }
  yield* olderVersions(source, used);
}

/** Most experiments have no comments: nothing, or a list of nothing, is no file. */
async function* comments(source: Source, id: string): AsyncGenerator<Part> {
  const read = () =>
    source.ask((client, access) => client.experimentPart(access, id, "annotations"));
  const text = await orNull(read);
  if (text === null || /^\s*(?:null|\[\s*\])?\s*$/.test(text)) return;
  yield await documentFile(source, "annotations", ["annotations.json"], text);
}

function collectUsed({ Graph }: Experiment, used: Map<string, ContentList>): void {
  for (const { InputPortsInternal } of Graph?.ModuleNodes ?? []) {
    for (const { DataSourceId, TrainedModelId, TransformModuleId } of InputPortsInternal) {
      if (DataSourceId !== "") used.set(DataSourceId, "datasets");
      if (TrainedModelId !== "") used.set(TrainedModelId, "models");
      if (TransformModuleId !== "") used.set(TransformModuleId, "transforms");
    }
  }
}

/** Lists show the latest version of a family only; an older one is found by the id that an experiment names. */
async function* olderVersions(
  source: Source,
  used: ReadonlyMap<string, ContentList>,
): AsyncGenerator<Part> {
  for (const [id, list] of used) {
    if (!isOwn(source.workspace.workspaceId, id)) continue;
    if ((await source.ids(list)).has(id)) continue;
    // What was deleted leaves its id behind in the graph; it is no data any more.
    const found = await orNull(() =>
      source.ask((client, access) => client.content(access, list, id)),
    );
    if (found === null) continue;
    const { Name, Batch } = found.value;
    yield* contentFiles(source, list, id, ["inputs", `${Name} (version ${Batch ?? id})`]);
  }
}
