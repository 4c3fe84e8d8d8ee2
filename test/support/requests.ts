import { accept, type Submission } from "../../shared/core/decide.ts";
import type { DeletionResult } from "../../shared/core/erasure.ts";
import type { Plan, PrivacyRequest } from "../../shared/core/request.ts";

/** Requests, plans and commands for tests. */

export const AT = "2026-03-02T09:00:00.000Z";
export const LATER = "2026-03-02T10:00:00.000Z";

export const aSubmission: Submission = {
  requestId: "0123456789abcdef0123456789abcdef",
  kind: "export",
  exportFirst: false,
  retryOf: null,
  scope: { workspaces: ["b577bbf6c46640c822e2a6e3d255d437"] },
  submitter: "11111111-1111-4111-8111-111111111111",
  requestedBy: null,
  approvalsNeeded: 1,
  source: "http",
  externalId: "TICKET-7",
  bodyHash: "body",
  traceParent: null,
};

/** What a deletion of three assets came to. */
export const A_RESULT: DeletionResult = {
  deleted: 2,
  alreadyGone: 0,
  notDeletable: 0,
  blockedBy: 0,
  failed: 1,
  outcomes: "outcomes/001-000001.ndjson",
  outcomesSha256: "digest",
};

/** A plan of one slice, of that generation. */
export function aPlan(generation: number): Plan {
  return {
    generation,
    plannedAt: AT,
    planHash: "plan-hash",
    phases: 1,
    sliceCount: 1,
    items: 3,
    bytes: 100,
    workspaces: [],
    deletion: null,
  };
}

/** A request in any state and shape. */
export function aRequest(fields: Partial<PrivacyRequest> = {}): PrivacyRequest {
  return { ...accept(aSubmission, AT).request, ...fields };
}
