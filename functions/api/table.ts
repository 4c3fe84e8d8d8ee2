import type { Description, Operation } from "./operation.ts";
import { REQUEST_OPERATIONS } from "./request-operations.ts";
import { type OperationId, ROUTES, type Route } from "./routes.ts";
import { SERVICE_OPERATIONS } from "./service-operations.ts";
import { WORKSPACE_OPERATIONS } from "./workspace-operations.ts";

const DESCRIPTIONS = {
  ...REQUEST_OPERATIONS,
  ...WORKSPACE_OPERATIONS,
  ...SERVICE_OPERATIONS,
} as const satisfies Readonly<Record<OperationId, Description>>;

/** Every call of the API, as its document describes it: a call without a description does not compile. */
export const OPERATIONS = Object.fromEntries(
  Object.entries<Route>(ROUTES).map(([id, route]): [string, Operation] => [
    id,
    { ...route, ...DESCRIPTIONS[id as OperationId] },
  ]),
) as Readonly<Record<OperationId, Operation>>;
