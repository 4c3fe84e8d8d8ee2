import { endpointKeysOf } from "../estate/secrets.ts";
import type { WebService } from "../estate/workspace.ts";
import type { Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { guidOf } from "../seed/derived-ids.ts";
import { notFound } from "./errors.ts";
import {
  answer,
  isGone,
  type StudioCall,
  type StudioContext,
  studioRoute,
} from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Web service groups: classic web services as the Studio side sees them. */
export function webServiceRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/webservicegroups", context, (call) =>
      answer(
        call,
        groupsOf(call).map((service) => wireGroup(service, call)),
      ),
    ),
    studioRoute("GET", "/webservicegroups/{id}", context, (call): Reply => {
      const service = groupsOf(call).find(({ id }) => id === call.path("id"));
      return service === undefined
        ? notFound("The web service group", context.switches.current)
        : answer(call, wireGroup(service, call));
    }),
  ];
}

function groupsOf(call: StudioCall): WebService[] {
  return call.workspace.webServices.filter(({ id }) => !isGone(call, "web-service", id));
}

function wireGroup(service: WebService, call: StudioCall): Record<string, unknown> {
  const { workspace } = call;
  const isFree = workspace.seed.type === "Free";
  return {
    Id: service.id,
    Name: service.name,
    CreationTime: wireDate(service.createdMs),
    Description: call.plant("group.Description", null),
    ModelPackages: [
      { Id: guidOf(`package:${service.id}`), CreationTime: wireDate(service.createdMs) },
    ],
    // Free workspaces publish to staging only.
    StagingWebService: isFree ? wireDeployed(service, call) : null,
    ProductionWebService: isFree ? null : wireDeployed(service, call),
    Endpoints: service.endpoints.map(({ name, id }) => ({ Id: id, Name: name })),
  };
}

function wireDeployed(service: WebService, call: StudioCall): Record<string, unknown> {
  const { workspace, context } = call;
  const [primaryKey, secondaryKey] = endpointKeysOf(workspace.key, "default");
  const location = `${context.executionOrigin}/workspaces/${workspace.id}/services/${service.endpoints[0]?.id}`;
  return {
    Id: service.id,
    ModelPackageId: guidOf(`package:${service.id}`),
    Location: `${location}/execute`,
    BatchLocation: `${location}/jobs`,
    PrimaryKey: primaryKey,
    SecondaryKey: secondaryKey,
    AllowAnonymousTest: false,
    CreationTime: wireDate(service.createdMs),
    DiagnosticsSettings: {
      DiagnosticsTraceLevel: "None",
      DiagnosticsConnectionString: call.plant("group.DiagnosticsConnectionString", null),
      DiagnosticsExpiryTime: null,
      DiagnosticsBESJobsPath: null,
      DiagnosticsRRSInitializationsPath: null,
      DiagnosticsRRSRequestsPath: null,
    },
  };
}
