import type { Experiment } from "../estate/workspace.ts";
import type { Reply } from "../http/reply.ts";
import { notFound } from "./errors.ts";
import { type ExperimentView, hasRun, lastRun, viewId } from "./experiment-wire.ts";
import { isGone, type StudioCall } from "./studio-context.ts";

/** A head by its `f-id`, or a run by its `s-id`: the run of the head is found too, although no list has it. */
export function findView(call: StudioCall): ExperimentView | null {
  const id = call.path("id");
  const workspaceId = call.workspace.id;
  const [, , hex = ""] = id.split(".");
  const experiment = call.workspace.experiments.find((one) => one.hex === hex);
  if (experiment === undefined) return null;
  if (id === experiment.id) {
    const head = { experiment, run: lastRun(experiment), isFrozen: false };
    return isGone(call, "experiment", id) ? null : head;
  }
  if (!hasRun({ experiment }) || isGone(call, "runs", experiment.id)) return null;
  const views = allViews(experiment).map((view) => ({ ...view, isFrozen: true }));
  return views.find((view) => viewId(view, workspaceId) === id) ?? null;
}

/** Everything that is listed: heads first, newest run first. */
export function viewsOf(call: StudioCall): ExperimentView[] {
  return call.workspace.experiments.flatMap((experiment) =>
    allViews(experiment).filter(
      (view) => !isGone(call, view.isFrozen ? "runs" : "experiment", experiment.id),
    ),
  );
}

function allViews(experiment: Experiment): ExperimentView[] {
  const last = lastRun(experiment);
  return experiment.runTimesMs
    .map((_time, run) => ({ experiment, run, isFrozen: run !== last }))
    .toReversed();
}

/** 404 for an experiment, or a part of one. */
export function missing({ context }: StudioCall): Reply {
  return notFound("The experiment", context.switches.current);
}
