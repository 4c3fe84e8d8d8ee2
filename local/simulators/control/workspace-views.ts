import { toArmWorkspace } from "../arm/arm-resources.ts";
import { sha256Of } from "../estate/digest.ts";
import type { Estate } from "../estate/estate.ts";
import { plantedSecrets } from "../estate/planted-secrets.ts";
import { secretsOf } from "../estate/secrets.ts";
import { isDeleted, type Workspace } from "../estate/workspace.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import type { ControlContext } from "./control-surface.ts";

/** What a test may look at beside the services: the workspaces, their secrets, digests of data sets. */
export function workspaceViewRoutes(context: ControlContext): Route[] {
  return [
    {
      method: "GET",
      pattern: "/control/workspaces",
      handle: () => jsonReply(listWorkspaces(context)),
    },
    workspaceRoute("GET", "/secrets", context, (workspace) => {
      const planted = context.switches.current.plantSecrets ? plantedSecrets(workspace.key) : [];
      return jsonReply([...secretsOf(workspace), ...planted.map(({ secret }) => secret)]);
    }),
    {
      method: "GET",
      pattern: "/control/removals",
      handle: () =>
        jsonReply(
          context.estate.workspaces.flatMap(({ key, id: workspaceId, removals }) =>
            removals.effects.map((removed) => ({ key, workspaceId, ...removed })),
          ),
        ),
    },
    workspaceRoute("GET", "/planted", context, ({ key }) => jsonReply(plantedSecrets(key))),
    workspaceRoute("GET", "/datasets", context, ({ datasets }) =>
      jsonReply(
        [...datasets].filter(({ isLatest }) => isLatest).map(({ id, name }) => ({ id, name })),
      ),
    ),
    workspaceRoute("GET", "/datasets/{id}/sha256", context, async (workspace, path) => {
      const content = workspace.datasets.find(path("id"))?.blob.content;
      if (content === undefined) return emptyReply(404);
      return jsonReply({ sha256: await sha256Of(content), sizeBytes: content.sizeBytes });
    }),
  ];
}

/** A route below one workspace, by its seed key. */
export function workspaceRoute(
  method: string,
  pattern: string,
  { estate }: { readonly estate: Estate },
  handle: (
    workspace: Workspace,
    path: PathValues,
    request: SimulatorRequest,
  ) => Reply | Promise<Reply>,
): Route {
  return {
    method,
    pattern: `/control/workspaces/{key}${pattern}`,
    handle: (request, path) => {
      const found = estate.workspaces.find(({ key }) => key === path("key"));
      return found === undefined ? emptyReply(404) : handle(found, path, request);
    },
  };
}

function listWorkspaces({ estate, clock }: ControlContext): Record<string, unknown>[] {
  return estate.workspaces.map((workspace) => ({
    key: workspace.key,
    id: workspace.id,
    armId: toArmWorkspace(workspace)?.id ?? null,
    type: workspace.seed.type,
    name: workspace.seed.name,
    primaryToken: workspace.primaryToken,
    isDeleted: isDeleted(workspace, clock.now()),
    datasets: workspace.datasets.size,
    experiments: workspace.experiments.length,
  }));
}
