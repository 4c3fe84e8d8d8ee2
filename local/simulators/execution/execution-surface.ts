import type { Clock } from "../clock.ts";
import { definitionOf } from "../estate/arm-service.ts";
import type { Estate } from "../estate/estate.ts";
import { isDeleted } from "../estate/workspace.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler, type PathValues } from "../http/router.ts";

/** What the execution API needs. */
export type ExecutionContext = { readonly estate: Estate; readonly clock: Clock };

/**
 * The execution API, as far as an export needs it: the Swagger description of an endpoint, which takes no
 * key. Scoring calls are not simulated.
 */
export function createExecutionHandler(context: ExecutionContext): Handler {
  return createRouter(
    [
      {
        method: "GET",
        pattern: "/workspaces/{ws}/services/{ep}/swagger.json",
        handle: (_request, path) => readClassic(path, context),
      },
      {
        method: "GET",
        pattern: "/subscriptions/{sub}/services/{name}/swagger.json",
        handle: (_request, path) => readNewStyle(path, context),
      },
    ],
    notFound,
  );
}

function readClassic(path: PathValues, { estate, clock }: ExecutionContext): Reply {
  const nowMs = clock.now();
  const workspace = estate.findWorkspace(path("ws"));
  if (workspace === null || isDeleted(workspace, nowMs)) return notFound();
  const { removals } = workspace;
  const service = workspace.webServices.find(({ endpoints }) =>
    endpoints.some(({ id }) => id === path("ep")),
  );
  const isGone =
    service === undefined ||
    removals.isGone("web-service", service.id, nowMs) ||
    removals.isGone("endpoint", path("ep"), nowMs);
  return isGone ? notFound() : jsonReply(swaggerOf(service.name));
}

function readNewStyle(path: PathValues, { estate, clock }: ExecutionContext): Reply {
  const owner = estate.workspaces.find(({ armServices }) =>
    armServices.some(({ name }) => name === path("name")),
  );
  const service = owner?.armServices.find(({ name }) => name === path("name"));
  const isGone =
    service === undefined || owner?.removals.isGone("arm-web-service", service.id, clock.now());
  return isGone !== false ? notFound() : jsonReply(swaggerOf(path("name")));
}

function swaggerOf(name: string): Record<string, unknown> {
  const { input, output } = definitionOf(name, null);
  return {
    swagger: "2.0",
    info: { version: "2.0", title: name },
    paths: { "/execute": { post: { parameters: [{ in: "body", name: "input", schema: input }] } } },
    definitions: { ExecutionResults: output },
  };
}

function notFound(): Reply {
  return jsonReply(
    { error: { code: "ServiceNotFound", message: "There is no such service." } },
    404,
  );
}
