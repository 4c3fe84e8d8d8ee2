import { definitionOf } from "../estate/arm-service.ts";
import type { Experiment } from "../estate/workspace.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { guidOf } from "../seed/derived-ids.ts";
import type { SeedWorkspace } from "../seed/seed-types.ts";
import { sendBlob } from "../storage/send-blob.ts";
import { errorReply } from "./errors.ts";
import { findView, missing } from "./experiment-views.ts";
import { answer, type StudioCall, type StudioContext, studioRoute } from "./studio-context.ts";

/** What is read of one experiment beside its document: comments, node outputs, its web service definition. */
export function experimentPartRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/experiments/{id}/annotations", context, listAnnotations),
    studioRoute("GET", "/experiments/{id}/outputdata/{node}/{port}", context, readOutput),
    studioRoute("GET", "/experiments/{id}/webservicedefinition", context, readDefinition),
  ];
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
        ? [wireAnnotation(annotation, guidOf(`annotation:${key}:${index}`), view.experiment, call)]
        : [],
    ),
  );
}

function wireAnnotation(
  { content, node }: NonNullable<SeedWorkspace["annotations"]>[number],
  id: string,
  experiment: Experiment,
  { plant }: StudioCall,
): Record<string, unknown> {
  return {
    Id: id,
    ParentAnnotationId: null,
    ExperimentId: experiment.id,
    Content: plant("annotation.Content", content),
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

/** The definition that a new-style web service could be made of; only a finished experiment has one. */
function readDefinition(call: StudioCall): Reply {
  const experiment = findView(call)?.experiment;
  if (experiment === undefined) return missing(call);
  if (experiment.seed.status !== "Finished") {
    const message = "The experiment has not finished.";
    return errorReply({ status: 400, code: "UserError", message }, call.context.switches.current);
  }
  const { input, output, package: graph } = definitionOf(experiment.seed.name, null);
  return jsonReply({
    location: call.workspace.seed.region,
    properties: {
      packageType: "Graph",
      title: experiment.seed.name,
      input,
      output,
      package: graph,
    },
  });
}
