import type { Operation } from "./operation.ts";
import { REQUEST_OPERATIONS } from "./request-operations.ts";
import { SERVICE_OPERATIONS } from "./service-operations.ts";
import { WORKSPACE_OPERATIONS } from "./workspace-operations.ts";

/** Every call of the API. The app registers from this table, and the document describes it. */
export const OPERATIONS = {
  ...REQUEST_OPERATIONS,
  ...WORKSPACE_OPERATIONS,
  ...SERVICE_OPERATIONS,
} as const satisfies Readonly<Record<string, Operation>>;

/** The id of a call: the name of its function. */
export type OperationId = keyof typeof OPERATIONS;
