import { randomUUID } from "node:crypto";
import { createRouter, type Handler } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import type { ArmContext } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { refusalOf } from "./authorize.ts";
import { listRoutes } from "./list-routes.ts";
import { lockRoutes } from "./locks.ts";
import { createOperations } from "./operations.ts";
import { planRoutes } from "./plan-routes.ts";
import { createThrottleGate } from "./throttle-gate.ts";
import { webServiceRoutes } from "./web-service-routes.ts";
import { workspaceRoutes } from "./workspace-routes.ts";

/**
 * Azure Resource Manager, as far as Studio (classic) workspaces need it. Every call needs an
 * `api-version` and a bearer token of our directory for Resource Manager; an identity without rights on
 * Azure gets 403 `AuthorizationFailed`. Shapes: https://github.com/Azure/azure-rest-api-specs,
 * Microsoft.MachineLearning, workspaces 2019-10-01.
 */
export function createArmHandler(context: ArmContext): Handler {
  const operations = createOperations(context);
  const gate = createThrottleGate(context);
  const routed = createRouter(
    [
      ...listRoutes(context),
      ...workspaceRoutes(context, operations),
      ...webServiceRoutes(context, operations),
      ...planRoutes(context, operations),
      ...operations.routes,
      ...lockRoutes(context),
    ],
    () => armError(404, "ResourceNotFound", "The resource was not found.", context.switches),
  );
  const answer = async (request: SimulatorRequest) => {
    const refusal = await refusalOf(request, context);
    if (refusal !== null) return { reply: refusal, budget: {} };
    const passed = gate.pass(request);
    return { reply: passed.refusal ?? (await routed(request)), budget: passed.headers };
  };
  return async (request) => {
    const { reply, budget } = await answer(request);
    const requestId = randomUUID();
    const tracing = { "x-ms-request-id": requestId, "x-ms-correlation-request-id": requestId };
    return { ...reply, headers: { ...reply.headers, ...budget, ...tracing } };
  };
}
