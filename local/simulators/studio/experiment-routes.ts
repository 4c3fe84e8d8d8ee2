import { SAMPLE_EXPERIMENTS, SAMPLE_OWNER, SAMPLES_CREATED_MS } from "../estate/build-samples.ts";
import type { Experiment, Workspace } from "../estate/workspace.ts";
import { emptyReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { GLOBAL_WORKSPACE_ID, guidOf, hexOf } from "../seed/derived-ids.ts";
import type { SeedWorkspace } from "../seed/seed-types.ts";
import { sendBlob } from "../storage/send-blob.ts";
import { deleteOfMissing } from "./asset-routes.ts";
import { errorReply, notFound } from "./errors.ts";
import {
  type ExperimentView,
  etagOf,
  isHead,
  viewId,
  wireExperiment,
  wireSummary,
} from "./experiment-wire.ts";
import { answer, type StudioCall, type StudioContext, studioRoute } from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Experiments with their run history, comments and node outputs. */
export function experimentRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/experiments", context, listExperiments),
    studioRoute("GET", "/experiments/{id}", context, (call) => {
      const view = findView(call);
      return view === null ? missing(call) : answer(call, wireExperiment(view, call));
    }),
    studioRoute("DELETE", "/experiments/{id}", context, deleteExperiment),
    studioRoute("GET", "/experiments/{id}/annotations", context, listAnnotations),
    studioRoute("GET", "/experiments/{id}/outputdata/{node}/{port}", context, readOutput),
  ];
}

/** Archived experiments and older runs are left out unless the query asks for them. */
function listExperiments(call: StudioCall): Reply {
  const { workspace, request } = call;
  const isAsked = (name: string) => request.query(name)?.toLowerCase() === "true";
  const views = viewsOf(workspace).filter(
    (view) =>
      (isHead(view) || isAsked("includeNonLeaf")) &&
      (view.experiment.seed.archived !== true || isAsked("includeArchived")),
  );
  return answer(call, [
    ...views.map((view) => wireSummary(view, workspace.id)),
    ...SAMPLE_EXPERIMENTS.map(wireSample),
  ]);
}

function deleteExperiment(call: StudioCall): Reply {
  const { context, workspace, request, path } = call;
  const switches = context.switches.current;
  if (path("id").startsWith(`${GLOBAL_WORKSPACE_ID}.`)) {
    const message = "A sample can't be deleted.";
    return errorReply({ status: 403, code: "UserError", message }, switches);
  }
  const view = findView(call);
  if (view === null || !isHead(view)) return deleteOfMissing(call);
  const condition = request.header("if-match") ?? "*";
  if (switches.staleEtag === "412" && condition !== "*" && condition !== etagOf(view)) {
    const message = "The experiment was changed in the meantime.";
    return errorReply({ status: 412, code: "UserError", message }, switches);
  }
  const withRuns = request.query("deleteAncestors")?.toLowerCase() === "true";
  workspace.deletedExperiments.set(view.experiment.id, withRuns ? "all" : "head");
  return emptyReply(204);
}

function listAnnotations(call: StudioCall): Reply {
  const { workspace } = call;
  const view = findView(call);
  if (view === null) return missing(call);
  const { key, seed } = workspace;
  return answer(
    call,
    (seed.annotations ?? []).flatMap((annotation, index) =>
      annotation.experiment === view.experiment.seed.key
        ? [wireAnnotation(annotation, guidOf(`annotation:${key}:${index}`), view.experiment)]
        : [],
    ),
  );
}

function wireAnnotation(
  { content, node }: NonNullable<SeedWorkspace["annotations"]>[number],
  id: string,
  experiment: Experiment,
): Record<string, unknown> {
  return {
    Id: id,
    ParentAnnotationId: null,
    ExperimentId: experiment.id,
    Content: content,
    IsCollapsed: false,
    NodeId: experiment.nodes.find(({ module }) => module === node)?.id ?? null,
    Edge: null,
  };
}

/** Bytes of one output, with the token and without a link. */
function readOutput(call: StudioCall): Reply {
  const { context, path, request } = call;
  const { promotedOutput } = context.switches.current;
  const node = findView(call)?.experiment.nodes.find(({ id }) => id === path("node"));
  const output = node?.outputs.find(({ name }) => name === path("port"));
  if (output === undefined || promotedOutput !== "available") return missing(call);
  return sendBlob(request, output.blob, context.switches.current);
}

function findView({ workspace, path }: StudioCall): ExperimentView | null {
  return viewsOf(workspace).find((view) => viewId(view, workspace.id) === path("id")) ?? null;
}

/** Everything that still exists: heads first, newest run first. */
function viewsOf(workspace: Workspace): ExperimentView[] {
  return workspace.experiments.flatMap((experiment) => {
    const deleted = workspace.deletedExperiments.get(experiment.id);
    if (deleted === "all") return [];
    const views = allViews(experiment);
    return deleted === "head" ? views.filter((view) => !isHead(view)) : views;
  });
}

function allViews(experiment: Experiment): ExperimentView[] {
  return experiment.runTimesMs.map((_time, run) => ({ experiment, run })).toReversed();
}

function wireSample(name: string): Record<string, unknown> {
  const date = wireDate(SAMPLES_CREATED_MS);
  return {
    ExperimentId: `${GLOBAL_WORKSPACE_ID}.f-id.${hexOf(`exp:global:${name}`)}`,
    Description: name,
    Etag: `W/"datetime'2014-07-14T00%3A00%3A00.1234567Z'"`,
    Creator: SAMPLE_OWNER,
    IsArchived: false,
    JobId: null,
    VersionId: null,
    RunId: null,
    ParentExperimentId: null,
    IsLeaf: true,
    DisableNodesUpdate: null,
    OriginalExperimentDocumentationLink: null,
    Summary: "",
    Category: "sample",
    Tags: [],
    Status: {
      StatusCode: "Finished",
      StatusDetail: "None",
      CreationTime: date,
      StartTime: date,
      EndTime: date,
      Metadata: null,
    },
  };
}

function missing({ context }: StudioCall): Reply {
  return notFound("The experiment", context.switches.current);
}
