import { randomUUID } from "node:crypto";
import { createRouter, type Handler } from "../http/router.ts";
import type { ArmContext } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { refusalOf } from "./authorize.ts";
import { listRoutes } from "./list-routes.ts";
import { lockRoutes } from "./locks.ts";
import { createWorkspaceRemoval } from "./workspace-removal.ts";
import { workspaceRoutes } from "./workspace-routes.ts";

/**
 * Azure Resource Manager, as far as Studio (classic) workspaces need it. Every call needs an
 * `api-version` and a bearer token of our directory for Resource Manager; an identity without rights on
 * Azure gets 403 `AuthorizationFailed`. Shapes: https://github.com/Azure/azure-rest-api-specs,
 * Microsoft.MachineLearning, workspaces 2019-10-01.
 */
export function createArmHandler(context: ArmContext): Handler {
  const removal = createWorkspaceRemoval(context);
  const routed = createRouter(
    [
      ...listRoutes(context),
      ...workspaceRoutes(context, removal),
      ...removal.routes,
      ...lockRoutes(context),
    ],
    () => armError(404, "ResourceNotFound", "The resource was not found.", context.switches),
  );
  return async (request) => {
    const reply = (await refusalOf(request, context)) ?? (await routed(request));
    const requestId = randomUUID();
    const tracing = { "x-ms-request-id": requestId, "x-ms-correlation-request-id": requestId };
    return { ...reply, headers: { ...reply.headers, ...tracing } };
  };
}
