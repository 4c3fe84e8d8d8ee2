import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import type { OperationId } from "./api/routes.ts";

type Load = () => Promise<(context: Context) => HttpHandler>;

/**
 * The handler of every call of the API: one that has a route and no handler does not compile. Each is loaded,
 * with the schemas and stages that it needs, at its first call: an app starts without.
 */
export const HANDLERS: Readonly<Record<OperationId, Load>> = {
  submitRequest: async () => (await import("./submit-request.ts")).submitRequest,
  listRequests: async () => (await import("./list-requests.ts")).listRequests,
  getRequest: async () => (await import("./get-request.ts")).getRequest,
  getPackage: async () => (await import("./get-package.ts")).getPackage,
  retryRequest: async () => (await import("./retry-request.ts")).retryRequest,
  getReceipt: async () => (await import("./get-receipt.ts")).getReceipt,
  getAudit: async () => (await import("./get-audit.ts")).getAudit,
  getPlan: async () => (await import("./get-plan.ts")).getPlan,
  approveRequest: async () => (await import("./approve-request.ts")).approveRequest,
  refuseRequest: async () => (await import("./refuse-request.ts")).refuseRequest,
  cancelRequest: async () => (await import("./cancel-request.ts")).cancelRequest,
  holdRequest: async () => (await import("./hold-request.ts")).holdRequest,
  releaseRequest: async () => (await import("./hold-request.ts")).releaseRequest,
  extendRequest: async () => (await import("./deadline-decisions.ts")).extendRequest,
  awaitIdentity: async () => (await import("./deadline-decisions.ts")).awaitIdentity,
  confirmIdentity: async () => (await import("./deadline-decisions.ts")).confirmIdentity,
  registerWorkspace: async () => (await import("./register-workspace.ts")).registerWorkspaceRoute,
  listWorkspaces: async () => (await import("./list-workspaces.ts")).listWorkspaces,
  getWorkspace: async () => (await import("./get-workspace.ts")).getWorkspace,
  removeWorkspace: async () => (await import("./remove-workspace.ts")).removeWorkspaceRoute,
  getInventory: async () => (await import("./get-inventory.ts")).getInventory,
  getDeletionControls: async () => (await import("./deletion-controls.ts")).getDeletionControls,
  setDeletionControls: async () => (await import("./deletion-controls.ts")).setDeletionControls,
  listDeadLetters: async () => (await import("./dead-letters.ts")).listDeadLetters,
  replayDeadLetter: async () => (await import("./dead-letters.ts")).replayDeadLetter,
  discardDeadLetter: async () => (await import("./dead-letters.ts")).discardDeadLetter,
  getRegister: async () => (await import("./get-register.ts")).getRegister,
  runTimer: async () => (await import("./upkeep.ts")).runTimer,
  getOpenApi: async () => (await import("./get-open-api.ts")).getOpenApi,
  signingKeys: async () => (await import("./signing-keys.ts")).signingKeys,
  health: async () => (await import("./health.ts")).health,
};
