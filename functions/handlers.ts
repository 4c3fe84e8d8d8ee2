import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import type { OperationId } from "./api/table.ts";
import { approveRequest } from "./approve-request.ts";
import { cancelRequest } from "./cancel-request.ts";
import { discardDeadLetter, listDeadLetters, replayDeadLetter } from "./dead-letters.ts";
import { awaitIdentity, confirmIdentity, extendRequest } from "./deadline-decisions.ts";
import { getDeletionControls, setDeletionControls } from "./deletion-controls.ts";
import { getAudit } from "./get-audit.ts";
import { getInventory } from "./get-inventory.ts";
import { getOpenApi } from "./get-open-api.ts";
import { getPackage } from "./get-package.ts";
import { getPlan } from "./get-plan.ts";
import { getReceipt } from "./get-receipt.ts";
import { getRegister } from "./get-register.ts";
import { getRequest } from "./get-request.ts";
import { getWorkspace } from "./get-workspace.ts";
import { health } from "./health.ts";
import { holdRequest, releaseRequest } from "./hold-request.ts";
import { listRequests } from "./list-requests.ts";
import { listWorkspaces } from "./list-workspaces.ts";
import { refuseRequest } from "./refuse-request.ts";
import { registerWorkspaceRoute } from "./register-workspace.ts";
import { removeWorkspaceRoute } from "./remove-workspace.ts";
import { retryRequest } from "./retry-request.ts";
import { signingKeys } from "./signing-keys.ts";
import { submitRequest } from "./submit-request.ts";
import { runTimer } from "./upkeep.ts";

/** The handler of every call of the API: one that is described and not handled does not compile. */
export const HANDLERS: Readonly<Record<OperationId, (context: Context) => HttpHandler>> = {
  submitRequest,
  listRequests,
  getRequest,
  getPackage,
  retryRequest,
  getReceipt,
  getAudit,
  getPlan,
  approveRequest,
  refuseRequest,
  cancelRequest,
  holdRequest,
  releaseRequest,
  extendRequest,
  awaitIdentity,
  confirmIdentity,
  registerWorkspace: registerWorkspaceRoute,
  listWorkspaces,
  getWorkspace,
  removeWorkspace: removeWorkspaceRoute,
  getInventory,
  getDeletionControls,
  setDeletionControls,
  listDeadLetters,
  replayDeadLetter,
  discardDeadLetter,
  getRegister,
  runTimer,
  getOpenApi,
  signingKeys,
  health,
};
