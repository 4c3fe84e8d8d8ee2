import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { SwitchBoard } from "../control/switches.ts";
import type { Estate } from "../estate/estate.ts";
import { endpointKeysOf } from "../estate/secrets.ts";
import { isExpiredGuest, type Workspace } from "../estate/workspace.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler, type PathValues, type Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { serviceIdOf, type WebService, wireEndpoint, wireService } from "./web-service-wire.ts";

/** What the management API needs. */
export type ManagementContext = {
  readonly estate: Estate;
  readonly clock: Clock;
  readonly switches: SwitchBoard;
  /** Origin of the Studio API, where endpoints say their experiment can be read. */
  readonly studioOrigin: string;
};

/**
 * The web-service management API: lists and single web services and endpoints, and their deletion. It
 * takes the workspace token as a bearer token, and for one endpoint also one of that endpoint's keys.
 */
export function createManagementHandler(context: ManagementContext): Handler {
  const router = createRouter([listRoute(context), ...serviceRoutes(context)], () =>
    failure(404, "NotFound", "The path was not found."),
  );
  return async (request) => {
    const reply = await router(request);
    return { ...reply, headers: { ...reply.headers, "x-ms-request-id": randomUUID() } };
  };
}

const LIST_PATTERN = "/workspaces/{ws}/webservices";

function listRoute(context: ManagementContext): Route {
  return {
    method: "GET",
    pattern: LIST_PATTERN,
    handle: (request, path) => {
      const workspace = authorize(request, path("ws"), null, context);
      if ("status" in workspace) return workspace;
      const services = workspace.webServices.map((one) => wireService(one, workspace));
      return listReply(services, context);
    },
  };
}

function serviceRoutes(context: ManagementContext): Route[] {
  return [
    serviceRoute("GET", "", context, ({ workspace, service }) =>
      jsonReply(wireService(service, workspace)),
    ),
    serviceRoute("DELETE", "", context, ({ workspace, service }) => {
      workspace.webServices = workspace.webServices.filter((other) => other !== service);
      return emptyReply(204);
    }),
    serviceRoute("GET", "/endpoints", context, (call) =>
      listReply(
        call.service.endpoints.map((name) => toWire(name, call, context)),
        context,
      ),
    ),
    serviceRoute("GET", "/endpoints/{ep}", context, (call) => {
      const name = call.path("ep");
      return call.service.endpoints.includes(name)
        ? jsonReply(toWire(name, call, context))
        : endpointNotFound();
    }),
    serviceRoute("DELETE", "/endpoints/{ep}", context, deleteEndpoint),
  ];
}

type ServiceCall = {
  readonly workspace: Workspace;
  readonly service: WebService;
  readonly path: PathValues;
};

/** A route below one web service, which has to exist. */
function serviceRoute(
  method: string,
  pattern: string,
  context: ManagementContext,
  handle: (call: ServiceCall) => Reply,
): Route {
  return {
    method,
    pattern: `${LIST_PATTERN}/{svc}${pattern}`,
    handle: (request, path) => {
      const endpoint = pattern.includes("{ep}") ? path("ep") : null;
      const workspace = authorize(request, path("ws"), endpoint, context);
      if ("status" in workspace) return workspace;
      const service = workspace.webServices.find(
        (candidate) => serviceIdOf(candidate, workspace) === path("svc"),
      );
      return service === undefined
        ? failure(404, "WebServiceNotFound", "The web service was not found.")
        : handle({ workspace, service, path });
    },
  };
}

/** The workspace, or why not: an unknown id, or no token of it. */
function authorize(
  request: SimulatorRequest,
  workspaceId: string,
  endpoint: string | null,
  { estate, clock }: ManagementContext,
): Workspace | Reply {
  const workspace = estate.findWorkspace(workspaceId);
  if (workspace === null) {
    return failure(400, "InvalidWorkspaceId", "Invalid workspace ID provided.");
  }
  return isAuthorized(request, workspace, endpoint, clock)
    ? workspace
    : failure(401, "Unauthorized", "The token is not valid for this workspace.");
}

function isAuthorized(
  request: SimulatorRequest,
  workspace: Workspace,
  endpoint: string | null,
  clock: Clock,
): boolean {
  if (workspace.isDeleted || isExpiredGuest(workspace, clock.now())) return false;
  const token = /^bearer\s+(\S+)$/i.exec(request.header("authorization") ?? "")?.[1];
  const accepted = [workspace.primaryToken, workspace.secondaryToken];
  if (endpoint !== null) accepted.push(...endpointKeysOf(workspace.key, endpoint));
  return token !== undefined && accepted.includes(token);
}

/** The default endpoint goes last: it can't be deleted while others exist. */
function deleteEndpoint({ workspace, service, path }: ServiceCall): Reply {
  const endpoints = service.endpoints.filter((name) => name !== path("ep"));
  if (endpoints.length === service.endpoints.length) return endpointNotFound();
  if (path("ep") === "default" && endpoints.length > 0) {
    return failure(400, "DefaultEndpoint", "The default endpoint can't be deleted before others.");
  }
  workspace.webServices = workspace.webServices.map((other) =>
    other === service ? { ...service, endpoints } : other,
  );
  return emptyReply(204);
}

/** The switch `emptyWebServices` says how a list of nothing looks. */
function listReply(items: readonly unknown[], { switches }: ManagementContext): Reply {
  const isEmpty = items.length === 0 && switches.current.emptyWebServices === "204";
  return isEmpty ? emptyReply(204) : jsonReply(items);
}

function toWire(
  name: string,
  { service, workspace }: ServiceCall,
  { studioOrigin }: ManagementContext,
): Record<string, unknown> {
  return wireEndpoint(service, name, workspace, studioOrigin);
}

function endpointNotFound(): Reply {
  return failure(404, "EndpointNotFound", "The endpoint was not found.");
}

function failure(status: number, code: string, message: string): Reply {
  return jsonReply({ error: { code, message } }, status);
}
