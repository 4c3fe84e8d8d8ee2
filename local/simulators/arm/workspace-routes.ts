import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import type { PathValues, Route } from "../http/router.ts";
import { type ArmContext, GROUP_PATTERN, WORKSPACES_PATH } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { type ArmWorkspace, armWorkspaces, sameText, toWire } from "./arm-resources.ts";
import { blockedBy } from "./locks.ts";
import type { Operations } from "./operations.ts";

/** One workspace: look, delete, list its Studio tokens, fetch its storage keys again. */
export function workspaceRoutes(context: ArmContext, operations: Operations): Route[] {
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
      handle: (request, path) => {
        const found = findWorkspace(path, context);
        if (found === null) return emptyReply(204);
        const { workspace: owner } = found;
        const form = context.switches.current.armWorkspaceDelete;
        const target = {
          owner,
          kind: "workspace",
          id: owner.id,
          path: request.url.pathname,
        } as const;
        return (
          blockedBy(found.id, "delete", context) ?? operations.start(form, path("sub"), target)
        );
      },
    },
    {
      method: "POST",
      pattern: `${pattern}/resyncStorageKeys`,
      handle: (_request, path) => {
        const found = findWorkspace(path, context);
        if (found === null) return missing(path, context);
        return blockedBy(found.id, "write", context) ?? resync(found.workspace.key, context);
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

/** The keys of a rotated storage account are known again. */
function resync(workspaceKey: string, { switches }: ArmContext): Reply {
  const { storageRotated } = switches.current;
  switches.change({ storageRotated: storageRotated.filter((key) => key !== workspaceKey) });
  return emptyReply(200);
}

function findWorkspace(path: PathValues, context: ArmContext): ArmWorkspace | null {
  const id = `/subscriptions/${path("sub")}/resourceGroups/${path("rg")}${WORKSPACES_PATH}/${path("name")}`;
  return armWorkspaces(context).find((candidate) => sameText(candidate.id, id)) ?? null;
}

function missing(path: PathValues, { switches }: ArmContext): Reply {
  const message = `The Resource 'Microsoft.MachineLearning/workspaces/${path("name")}' under resource group '${path("rg")}' was not found.`;
  return armError(404, "ResourceNotFound", message, switches);
}
