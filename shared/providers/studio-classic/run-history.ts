import type { MissingFile } from "../../pipeline/ports.ts";
import { isOwn } from "./assets.ts";
import type { Document } from "./document.ts";
import type { Experiment } from "./experiment-shape.ts";
import { orNull } from "./parts.ts";
import { readExperiment, type Source } from "./source.ts";

/** An earlier run of an experiment: the frozen copy of its document. */
export type Run = { readonly id: string; readonly document: Document<Experiment> };

/** More runs than this are not followed; the experiment is reported then. */
const MAX_RUNS = 5_000;

/**
 * The earlier runs of an experiment, each once: those that the chain of `ParentExperimentId` leads to, newest first,
 * then those that only the list of experiments shows. A draft's chain begins with its last run. A chain ends where
 * the run that it names is gone, or belongs to another workspace.
 */
export async function* runsOf(
  source: Source,
  id: string,
  head: Experiment,
): AsyncGenerator<Run | MissingFile> {
  const { workspaceId } = source.workspace;
  const seen = new Set([id]);
  const isDraft = head.Status?.StatusCode === "InDraft";
  const starts = [...(isDraft ? [head.RunId] : []), head.ParentExperimentId];
  const listed = [...(await source.ids("experiments"))].filter((other) => isRunOf(other, id));
  for (const start of [...starts, ...listed]) {
    for (let next = start; isOwn(workspaceId, next) && !seen.has(next); ) {
      if (seen.size > MAX_RUNS) {
        yield { path: ["runs", "more runs"], reason: "source-invalid" };
        return;
      }
      seen.add(next);
      const runId = next;
      const document = await orNull(() => readExperiment(source, runId));
      if (document === null) break;
      yield { id: runId, document };
      next = document.value.ParentExperimentId;
    }
  }
}

/** Whether an id is that of a run of the experiment: they share the part after the kind of id. */
export function isRunOf(id: string, experimentId: string): boolean {
  const [owner, kind, hex] = id.split(".");
  const [otherOwner, , otherHex] = experimentId.split(".");
  return kind === "s-id" && hex === otherHex && owner?.toLowerCase() === otherOwner?.toLowerCase();
}

const END_OF_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * When a run was made, for people. The id ends in the time that is left until the year 10000, so that newer runs sort
 * first: `9951-09-13t15.44.57`. An id of another form stands for itself.
 */
export function runLabel(id: string): string {
  const [, , , ...rest] = id.split(".");
  const inverse = rest.join(".");
  const at = Date.parse(`${inverse.toUpperCase().replaceAll(".", ":")}Z`);
  if (Number.isNaN(at)) return inverse === "" ? id : inverse;
  const run = new Date(END_OF_TIME_MS - at).toISOString();
  return run.slice(0, 19).replace("T", " ").replaceAll(":", ".");
}
