import { SAMPLE_EXPERIMENTS, SAMPLE_OWNER, SAMPLES_CREATED_MS } from "../estate/build-samples.ts";
import type { Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { GLOBAL_WORKSPACE_ID, hexOf } from "../seed/derived-ids.ts";
import { deleteOfMissing } from "./asset-routes.ts";
import { errorReply } from "./errors.ts";
import { experimentPartRoutes } from "./experiment-part-routes.ts";
import { findView, missing, viewsOf } from "./experiment-views.ts";
import { etagOf, wireExperiment, wireSummary } from "./experiment-wire.ts";
import {
  answer,
  remove,
  type StudioCall,
  type StudioContext,
  studioRoute,
} from "./studio-context.ts";
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
    ...experimentPartRoutes(context),
  ];
}

/** Archived experiments and older runs are left out unless the query asks for them. */
function listExperiments(call: StudioCall): Reply {
  const { request, context } = call;
  const { includeArchived } = context.switches.current;
  const isAsked = (name: string) => request.query(name)?.toLowerCase() === "true";
  const views = viewsOf(call).filter(
    (view) =>
      (!view.isFrozen || isAsked("includeNonLeaf")) &&
      (view.experiment.seed.archived !== true || includeArchived || isAsked("includeArchived")),
  );
  return answer(call, [
    ...views.map((view) => wireSummary(view, call)),
    ...SAMPLE_EXPERIMENTS.map(wireSample),
  ]);
}

function deleteExperiment(call: StudioCall): Reply {
  const { context, request, path } = call;
  const switches = context.switches.current;
  if (path("id").startsWith(`${GLOBAL_WORKSPACE_ID}.`)) {
    const message = "A sample can't be deleted.";
    return errorReply({ status: 403, code: "UserError", message }, switches);
  }
  const view = findView(call);
  if (view === null || view.isFrozen) return deleteOfMissing(call);
  const condition = request.header("if-match") ?? "*";
  if (switches.staleEtag === "412" && condition !== "*" && condition !== etagOf(view)) {
    const message = "The experiment was changed in the meantime.";
    return errorReply({ status: 412, code: "UserError", message }, switches);
  }
  const withRuns = request.query("deleteAncestors")?.toLowerCase() === "true";
  if (withRuns) remove(call, "runs", view.experiment.id);
  return remove(call, "experiment", view.experiment.id);
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
