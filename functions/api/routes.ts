/**
 * Where every call of the API is. Apart from what the API's document says of them, because the app
 * registers its functions by this alone: schemas are loaded when a function is first called.
 */

/** The place of a call. */
export type Route = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/${string}`;
  /** The group of functions that answers it; "intake" unless told otherwise. */
  readonly group?: "export" | "upkeep";
};

/** The calls by their id, which is the name of their function. */
export const ROUTES = {
  submitRequest: { method: "POST", path: "/api/privacy-requests" },
  listRequests: { method: "GET", path: "/api/privacy-requests" },
  getRequest: { method: "GET", path: "/api/privacy-requests/{id}" },
  getPackage: { method: "GET", path: "/api/privacy-requests/{id}/package" },
  retryRequest: { method: "POST", path: "/api/privacy-requests/{id}/retry" },
  getReceipt: { method: "GET", path: "/api/privacy-requests/{id}/receipt" },
  getAudit: { method: "GET", path: "/api/privacy-requests/{id}/audit" },
  getPlan: { method: "GET", path: "/api/privacy-requests/{id}/plan" },
  approveRequest: { method: "POST", path: "/api/privacy-requests/{id}/approval" },
  refuseRequest: { method: "POST", path: "/api/privacy-requests/{id}/refuse" },
  cancelRequest: { method: "POST", path: "/api/privacy-requests/{id}/cancel" },
  holdRequest: { method: "POST", path: "/api/privacy-requests/{id}/hold" },
  releaseRequest: { method: "POST", path: "/api/privacy-requests/{id}/release" },
  extendRequest: { method: "POST", path: "/api/privacy-requests/{id}/extend" },
  awaitIdentity: { method: "POST", path: "/api/privacy-requests/{id}/await-identity" },
  confirmIdentity: { method: "POST", path: "/api/privacy-requests/{id}/confirm-identity" },
  registerWorkspace: { method: "PUT", path: "/api/workspaces/{id}" },
  listWorkspaces: { method: "GET", path: "/api/workspaces" },
  getWorkspace: { method: "GET", path: "/api/workspaces/{id}" },
  removeWorkspace: { method: "DELETE", path: "/api/workspaces/{id}" },
  getInventory: { method: "GET", path: "/api/workspaces/{id}/inventory", group: "export" },
  getDeletionControls: { method: "GET", path: "/api/controls/deletions" },
  setDeletionControls: { method: "PUT", path: "/api/controls/deletions" },
  listDeadLetters: { method: "GET", path: "/api/dead-letters", group: "upkeep" },
  replayDeadLetter: {
    method: "POST",
    path: "/api/dead-letters/{queue}/{number}/replay",
    group: "upkeep",
  },
  discardDeadLetter: {
    method: "DELETE",
    path: "/api/dead-letters/{queue}/{number}",
    group: "upkeep",
  },
  getRegister: { method: "GET", path: "/api/register" },
  runTimer: { method: "POST", path: "/api/upkeep/{timer}", group: "upkeep" },
  getOpenApi: { method: "GET", path: "/api/openapi.json" },
  signingKeys: { method: "GET", path: "/.well-known/jwks.json" },
  health: { method: "GET", path: "/api/health" },
} as const satisfies Readonly<Record<string, Route>>;

/** The id of a call. */
export type OperationId = keyof typeof ROUTES;
