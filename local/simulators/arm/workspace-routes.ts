import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import { type ArmContext, GROUP_PATTERN, WORKSPACES_PATH } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { type ArmWorkspace, armWorkspaces, sameText, toWire } from "./arm-resources.ts";
import { blockedBy } from "./locks.ts";
import type { WorkspaceRemoval } from "./workspace-removal.ts";

/** One workspace: look, delete, list its Studio tokens. */
export function workspaceRoutes(context: ArmContext, removal: WorkspaceRemoval): Route[] {
  const pattern = `${GROUP_PATTERN}${WORKSPACES_PATH}/{name}`;
  return [
    {
      method: "GET",
      pattern,
      handle: (_request, path) => {
        const found = findWorkspace(path, context);
        return found === null ? missing(path, context) : jsonReply(toWire(found, context));
      },
    },
    {
      method: "DELETE",
      pattern,
      handle: (_request, path) => {
        const found = findWorkspace(path, context);
        if (found === null) return emptyReply(204);
        return blockedBy(found.id, "delete", context) ?? removal.start(found);
      },
    },
    {
      method: "POST",
      pattern: `${pattern}/listWorkspaceKeys`,
      handle: (_request, path) => {
        const found = findWorkspace(path, context);
        if (found === null) return missing(path, context);
        const { primaryToken, secondaryToken } = found.workspace;
        return blockedBy(found.id, "write", context) ?? jsonReply({ primaryToken, secondaryToken });
      },
    },
  ];
}

function findWorkspace(path: PathValues, { estate }: ArmContext): ArmWorkspace | null {
  const id = `/subscriptions/${path("sub")}/resourceGroups/${path("rg")}${WORKSPACES_PATH}/${path("name")}`;
  return armWorkspaces(estate).find((candidate) => sameText(candidate.id, id)) ?? null;
}

function missing(path: PathValues, { switches }: ArmContext): Reply {
  const message = `The Resource 'Microsoft.MachineLearning/workspaces/${path("name")}' under resource group '${path("rg")}' was not found.`;
  return armError(404, "ResourceNotFound", message, switches);
}
