import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { removalBy } from "../control/lies.ts";
import type { SwitchBoard } from "../control/switches.ts";
import type { Estate } from "../estate/estate.ts";
import { type Planter, planterOf } from "../estate/planted-secrets.ts";
import type { Removable } from "../estate/removals.ts";
import { endpointKeysOf } from "../estate/secrets.ts";
import { isDeleted, isExpiredGuest, type WebService, type Workspace } from "../estate/workspace.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler, type PathValues, type Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { type Endpoint, type EndpointSite, wireEndpoint, wireService } from "./web-service-wire.ts";

/** What the management API needs. */
export type ManagementContext = {
  readonly estate: Estate;
  readonly clock: Clock;
  readonly switches: SwitchBoard;
  /** Origin of the Studio API, where endpoints say their experiment can be read. */
  readonly studioOrigin: string;
  /** Origin of the execution API, where endpoints are called. */
  readonly executionOrigin: string;
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
      const nowMs = context.clock.now();
      const services = servicesOf(workspace, nowMs);
      return listReply(
        services.map((one) =>
          wireService(
            one,
            endpointsOf(one, workspace, nowMs),
            workspace,
            planter(workspace, context),
          ),
        ),
        context,
      );
    },
  };
}

function serviceRoutes(context: ManagementContext): Route[] {
  return [
    serviceRoute("GET", "", context, ({ service, endpoints, workspace }) =>
      jsonReply(wireService(service, endpoints, workspace, planter(workspace, context))),
    ),
    serviceRoute("DELETE", "", context, (call) =>
      remove(call, "web-service", call.service.id, context),
    ),
    serviceRoute("GET", "/endpoints", context, (call) =>
      listReply(
        call.endpoints.map((one) =>
          wireEndpoint(one, call, context, planter(call.workspace, context)),
        ),
        context,
      ),
    ),
    serviceRoute("GET", "/endpoints/{ep}", context, (call) => {
      const endpoint = findEndpoint(call);
      return endpoint === undefined
        ? endpointNotFound()
        : jsonReply(wireEndpoint(endpoint, call, context, planter(call.workspace, context)));
    }),
    serviceRoute("DELETE", "/endpoints/{ep}", context, (call) => deleteEndpoint(call, context)),
    serviceRoute("POST", "/endpoints/{ep}/refresh", context, (call) => refresh(call, context)),
  ];
}

function planter({ key }: Workspace, { switches }: ManagementContext): Planter {
  return planterOf(key, switches.current.plantSecrets);
}

type ServiceCall = EndpointSite & {
  /** Those that still exist. */
  readonly endpoints: readonly Endpoint[];
  readonly request: SimulatorRequest;
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
      const asked = pattern.includes("{ep}")
        ? { serviceId: path("svc"), endpoint: path("ep") }
        : null;
      const workspace = authorize(request, path("ws"), asked, context);
      if ("status" in workspace) return workspace;
      const nowMs = context.clock.now();
      const service = servicesOf(workspace, nowMs).find(({ id }) => id === path("svc"));
      if (service === undefined) {
        return failure(404, "WebServiceNotFound", "The web service was not found.");
      }
      const isNew = nowMs < service.createdMs + context.switches.current.publishLagSeconds * 1000;
      if (asked !== null && isNew) {
        return failure(401, "Unauthorized", "The endpoint is not ready.");
      }
      const endpoints = endpointsOf(service, workspace, nowMs);
      return handle({ workspace, service, endpoints, request, path });
    },
  };
}

function servicesOf(workspace: Workspace, nowMs: number): WebService[] {
  return workspace.webServices.filter(
    ({ id }) => !workspace.removals.isGone("web-service", id, nowMs),
  );
}

function endpointsOf(service: WebService, workspace: Workspace, nowMs: number): Endpoint[] {
  return service.endpoints.filter(({ id }) => !workspace.removals.isGone("endpoint", id, nowMs));
}

function findEndpoint({ endpoints, path }: ServiceCall): Endpoint | undefined {
  return endpoints.find(({ name }) => name === path("ep"));
}

/**
 * The workspace, or why not: an unknown id, or no token of it. A key opens its own endpoint only, `asked`,
 * and nothing any more once that is gone.
 */
function authorize(
  request: SimulatorRequest,
  workspaceId: string,
  asked: { readonly serviceId: string; readonly endpoint: string } | null,
  { estate, clock, switches }: ManagementContext,
): Workspace | Reply {
  const nowMs = clock.now();
  const workspace = estate.findWorkspace(workspaceId);
  if (workspace === null) {
    return failure(400, "InvalidWorkspaceId", "Invalid workspace ID provided.");
  }
  const message = "The token is not valid for this workspace.";
  if (isExpiredGuest(workspace, nowMs)) {
    return failure(Number(switches.current.guestExpiry), "Unauthorized", message);
  }
  const token = /^bearer\s+(\S+)$/i.exec(request.header("authorization") ?? "")?.[1] ?? "";
  const accepted = [workspace.primaryToken, workspace.secondaryToken];
  const service = servicesOf(workspace, nowMs).find(({ id }) => id === asked?.serviceId);
  const endpoints = service === undefined ? [] : endpointsOf(service, workspace, nowMs);
  for (const { name } of endpoints.filter((one) => one.name === asked?.endpoint)) {
    accepted.push(...endpointKeysOf(workspace.key, name));
  }
  return !isDeleted(workspace, nowMs) && accepted.includes(token)
    ? workspace
    : failure(401, "Unauthorized", message);
}

/** The default endpoint goes last: it can't be deleted while others exist. */
function deleteEndpoint(call: ServiceCall, context: ManagementContext): Reply {
  const endpoint = findEndpoint(call);
  if (endpoint === undefined) return endpointNotFound();
  if (endpoint.name === "default" && call.endpoints.length > 1) {
    return failure(400, "DefaultEndpoint", "The default endpoint can't be deleted before others.");
  }
  return remove(call, "endpoint", endpoint.id, context);
}

/** Nothing ever changes here, which the service tells with 304. */
function refresh(call: ServiceCall, { switches }: ManagementContext): Reply {
  const endpoint = findEndpoint(call);
  if (endpoint === undefined) return endpointNotFound();
  if (endpoint.name === "default") {
    return failure(400, "DefaultEndpoint", "The default endpoint can't be refreshed.");
  }
  return emptyReply(switches.current.quirk304 ? 304 : 200);
}

function remove(
  { workspace, request }: ServiceCall,
  kind: Removable,
  id: string,
  { switches, clock }: ManagementContext,
): Reply {
  const removal = removalBy(switches.current.lies, request.url.pathname, clock.now(), 0);
  if (removal !== null) workspace.removals.add(kind, id, removal);
  return emptyReply(204);
}

/** The switch `emptyWebServices` says how a list of nothing looks. */
function listReply(items: readonly unknown[], { switches }: ManagementContext): Reply {
  const isEmpty = items.length === 0 && switches.current.emptyWebServices === "204";
  return isEmpty ? emptyReply(204) : jsonReply(items);
}

function endpointNotFound(): Reply {
  return failure(404, "EndpointNotFound", "The endpoint was not found.");
}

function failure(status: number, code: string, message: string): Reply {
  return jsonReply({ error: { code, message } }, status);
}
