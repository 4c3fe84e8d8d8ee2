import type { Workspace } from "../estate/workspace.ts";
import { emptyReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { familyIdOf, hexOf } from "../seed/derived-ids.ts";
import { notFound } from "./errors.ts";
import { answer, type StudioCall, type StudioContext, studioRoute } from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Projects, notebooks and gateways. */
export function collectionRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "/projectcontainers", context, (call) =>
      answer(
        call,
        call.workspace.projects.map((project) => wireProject(project, call.workspace)),
      ),
    ),
    studioRoute("DELETE", "/projectcontainers/{id}", context, deleteProject),
    studioRoute("GET", "/notebooks", context, listNotebooks),
    studioRoute("GET", "/notebooks/family/{family}/attachments", context, listAttachments),
    studioRoute("GET", "/gateways", context, (call) =>
      answer(
        call,
        call.workspace.gateways.map((gateway) => wireGateway(gateway, call.workspace)),
      ),
    ),
    studioRoute("DELETE", "/gateways/{name}", context, deleteGateway),
  ];
}

type Project = Workspace["projects"][number];
type Gateway = Workspace["gateways"][number];

const DAY_MS = 24 * 60 * 60 * 1000;

function wireProject(project: Project, workspace: Workspace): Record<string, unknown> {
  const { experiments, datasets, webServices } = project;
  const changedMs = workspace.createdMs + 30 * DAY_MS;
  const stamp = encodeURIComponent(new Date(changedMs).toISOString().slice(0, 19));
  return {
    ContainerId: projectId(project, workspace),
    EntityTag: `W/"datetime'${stamp}.1234567Z'"`,
    Name: project.name,
    Description: project.description,
    Creator: workspace.ownerName,
    CreatedTime: wireDate(workspace.createdMs + DAY_MS),
    ChangedTime: wireDate(changedMs),
    Contents: {
      Experiment: workspace.experiments
        .filter(({ seed }) => experiments.includes(seed.key))
        .map(({ id }) => id),
      DataSource: workspace.datasets
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

function deleteProject({ context, workspace, path }: StudioCall): Reply {
  const remaining = workspace.projects.filter(
    (project) => projectId(project, workspace) !== path("id"),
  );
  const isKnown = remaining.length < workspace.projects.length;
  if (!context.switches.current.unverifiedCalls || !isKnown) {
    return notFound("The project", context.switches.current);
  }
  workspace.projects = remaining;
  return emptyReply(204);
}

function projectId(project: Project, workspace: Workspace): string {
  return hexOf(`project:${workspace.key}:${project.key}`);
}

function listNotebooks(call: StudioCall): Reply {
  const { context, workspace } = call;
  const { notebooks } = context.switches.current;
  if (notebooks === "gone") return notFound("The path", context.switches.current);
  if (notebooks === "removed") return answer(call, []);
  return answer(
    call,
    (workspace.seed.notebooks ?? []).map(({ key, name, language }) => ({
      FamilyId: familyIdOf(workspace.key, key),
      Name: name,
      Author: workspace.ownerName,
      Language: language,
      Modified: wireDate(workspace.createdMs + 60 * DAY_MS),
      Created: wireDate(workspace.createdMs + 40 * DAY_MS),
      Tags: "",
    })),
  );
}

function listAttachments(call: StudioCall): Reply {
  const { context, workspace, path } = call;
  const notebook = workspace.seed.notebooks?.find(
    ({ key }) => familyIdOf(workspace.key, key) === path("family"),
  );
  return notebook === undefined || context.switches.current.notebooks !== "present"
    ? notFound("The notebook", context.switches.current)
    : answer(call, notebook.attachments);
}

function wireGateway(gateway: Gateway, workspace: Workspace): Record<string, unknown> {
  const { createdMs } = workspace;
  return {
    Scope: workspace.id,
    GatewayName: gateway.name,
    CreateTime: wireDate(createdMs + 400 * DAY_MS),
    Description: gateway.host,
    ExpiryTime: wireDate(createdMs + 1_130 * DAY_MS),
    // Filled right after creation only.
    RegistrationKey: null,
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

function deleteGateway({ context, workspace, path }: StudioCall): Reply {
  const remaining = workspace.gateways.filter(({ name }) => name !== path("name"));
  const isKnown = remaining.length < workspace.gateways.length;
  if (!context.switches.current.unverifiedCalls || !isKnown) {
    return notFound("The gateway", context.switches.current);
  }
  workspace.gateways = remaining;
  return emptyReply(204);
}
