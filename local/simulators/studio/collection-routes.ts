import type { Workspace } from "../estate/workspace.ts";
import type { Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { familyIdOf, hexOf } from "../seed/derived-ids.ts";
import type { SeedWorkspace } from "../seed/seed-types.ts";
import { notFound } from "./errors.ts";
import {
  answer,
  isGone,
  remove,
  type StudioCall,
  type StudioContext,
  studioRoute,
} from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Projects and gateways. */
export function collectionRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/projectcontainers", context, (call) =>
      answer(
        call,
        projectsOf(call).map((project) => wireProject(project, call)),
      ),
    ),
    studioRoute("GET", "/projectcontainers/{id}", context, (call) => {
      const project = findProject(call);
      return project === undefined ? noProject(call) : answer(call, wireProject(project, call));
    }),
    studioRoute("DELETE", "/projectcontainers/{id}", context, deleteProject),
    studioRoute("GET", "/gateways", context, (call) =>
      answer(
        call,
        gatewaysOf(call).map((gateway) => wireGateway(gateway, call)),
      ),
    ),
    studioRoute("DELETE", "/gateways/{name}", context, deleteGateway),
  ];
}

type Project = NonNullable<SeedWorkspace["projects"]>[number];
type Gateway = NonNullable<SeedWorkspace["gateways"]>[number];

const DAY_MS = 24 * 60 * 60 * 1000;

function projectsOf(call: StudioCall): Project[] {
  const { seed } = call.workspace;
  return (seed.projects ?? []).filter(
    (project) => !isGone(call, "project", projectId(project, call.workspace)),
  );
}

function findProject(call: StudioCall): Project | undefined {
  return projectsOf(call).find((project) => projectId(project, call.workspace) === call.path("id"));
}

function wireProject(project: Project, { workspace, plant }: StudioCall): Record<string, unknown> {
  const { experiments, datasets, webServices } = project;
  const changedMs = workspace.createdMs + 30 * DAY_MS;
  const stamp = encodeURIComponent(new Date(changedMs).toISOString().slice(0, 19));
  return {
    ContainerId: projectId(project, workspace),
    EntityTag: `W/"datetime'${stamp}.1234567Z'"`,
    Name: project.name,
    Description: plant("project.Description", project.description),
    Creator: workspace.ownerName,
    CreatedTime: wireDate(workspace.createdMs + DAY_MS),
    ChangedTime: wireDate(changedMs),
    Contents: {
      Experiment: workspace.experiments
        .filter(({ seed }) => experiments.includes(seed.key))
        .map(({ id }) => id),
      DataSource: [...workspace.datasets]
        .filter(
          ({ familyId, isLatest }) =>
            isLatest && datasets.some((key) => familyIdOf(workspace.key, key) === familyId),
        )
        .map(({ id }) => id),
      WebService: webServices.map((key) => hexOf(`svc:${workspace.key}:${key}`)),
      Notebook: [],
      Module: [],
      TrainedModel: [],
      Transform: [],
    },
  };
}

function deleteProject(call: StudioCall): Reply {
  const { unverifiedCalls } = call.context.switches.current;
  const isKnown = findProject(call) !== undefined;
  return unverifiedCalls && isKnown ? remove(call, "project", call.path("id")) : noProject(call);
}

function noProject({ context }: StudioCall): Reply {
  return notFound("The project", context.switches.current);
}

function projectId(project: Project, workspace: Workspace): string {
  return hexOf(`project:${workspace.key}:${project.key}`);
}

function gatewaysOf(call: StudioCall): Gateway[] {
  return (call.workspace.seed.gateways ?? []).filter(({ name }) => !isGone(call, "gateway", name));
}

function wireGateway(gateway: Gateway, { workspace, plant }: StudioCall): Record<string, unknown> {
  const { createdMs } = workspace;
  return {
    Scope: workspace.id,
    GatewayName: gateway.name,
    CreateTime: wireDate(createdMs + 400 * DAY_MS),
    Description: plant("gateway.Description", gateway.host),
    ExpiryTime: wireDate(createdMs + 1_130 * DAY_MS),
    // Filled right after creation only.
    RegistrationKey: plant("gateway.RegistrationKey", null),
    LastConnectTime: wireDate(createdMs + 800 * DAY_MS),
    Location: workspace.seed.region,
    RegisterTime: wireDate(createdMs + 400 * DAY_MS),
    Status: gateway.status,
    Version: "2.12.6660.1",
    VersionStatus: gateway.versionStatus,
    ProvisioningState: "Succeeded",
    Host: gateway.host,
  };
}

function deleteGateway(call: StudioCall): Reply {
  const { context, path } = call;
  const isKnown = gatewaysOf(call).some(({ name }) => name === path("name"));
  return context.switches.current.unverifiedCalls && isKnown
    ? remove(call, "gateway", path("name"))
    : notFound("The gateway", context.switches.current);
}
