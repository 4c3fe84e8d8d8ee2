import type { DeletionResult } from "./erasure.ts";
import { expiresAtOf } from "./registration.ts";
import type { PrivacyRequest, State } from "./request.ts";
import type { RequestView } from "./wire.ts";

/** What is done so far, counted in the ledger. */
export type Progress = {
  readonly items: number;
  readonly bytes: number;
  readonly exceptions: number;
};

const STAGES: Record<State, string> = {
  accepted: "waiting to be planned",
  planning: "taking the inventory",
  "awaiting-approval": "waiting for approval",
  scheduled: "waiting for the grace period to end",
  running: "working through the plan",
  verifying: "verifying the deletion",
  sealing: "sealing the package",
  blocked: "blocked",
  completed: "done",
  "completed-with-exceptions": "done, with exceptions",
  failed: "failed",
  cancelled: "cancelled",
  refused: "refused",
};

/** The request as callers see it. */
export function requestView(request: PrivacyRequest, progress: Progress): RequestView {
  return {
    id: request.requestId,
    kind: request.kind,
    state: request.state,
    stage: STAGES[request.state],
    retryOf: request.retryOf,
    scope: request.scope,
    source: request.source,
    externalId: request.externalId,
    submittedAt: request.submittedAt,
    updatedAt: request.updatedAt,
    finishedAt: request.finishedAt,
    wakeAt: request.wakeAt,
    workspaces: (request.plan?.workspaces ?? []).map((workspace) => ({
      workspaceId: workspace.workspaceId,
      name: workspace.name,
      accountType: workspace.accountType,
      expiresAt: expiresAtOf(workspace),
    })),
    progress: {
      items: { done: progress.items, total: totalItems(request) },
      bytes: { done: progress.bytes, total: totalBytes(request, progress) },
    },
    exceptions: exceptionsOf(request, progress),
    failure: request.failure,
    package: packageOf(request),
    receipt:
      request.receiptAt === null
        ? null
        : {
            url: `/api/privacy-requests/${request.requestId}/receipt`,
            issuedAt: request.receiptAt,
          },
    deletion: deletionOf(request),
  };
}

function exceptionsOf({ result }: PrivacyRequest, progress: Progress): number {
  return result === null
    ? progress.exceptions
    : result.notDeletable + result.blockedBy + result.failed;
}

function deletionOf(request: PrivacyRequest): RequestView["deletion"] {
  if (request.kind !== "delete") return null;
  const { requestId, plan, result } = request;
  const { outcomes: _, outcomesSha256: __, ...counts } = result ?? NO_RESULT;
  return {
    plan:
      plan === null || plan.deletion === null
        ? null
        : {
            ...plan.deletion,
            url: `/api/privacy-requests/${requestId}/plan`,
            generation: plan.generation,
            planHash: plan.planHash,
            plannedAt: plan.plannedAt,
          },
    approvals: { given: request.approvals.length, needed: request.approvalsNeeded },
    deletesAt: request.deletesAt,
    hold: { state: request.hold, effectiveAt: request.holdEffectiveAt },
    outcomes: result === null ? null : counts,
    returned: request.returned,
  };
}

const NO_RESULT: DeletionResult = {
  deleted: 0,
  alreadyGone: 0,
  notDeletable: 0,
  blockedBy: 0,
  failed: 0,
  outcomes: "",
  outcomesSha256: "",
};

function packageOf(request: PrivacyRequest): RequestView["package"] {
  const { requestId, sealedAt, purgeAt, purgedAt } = request;
  if (sealedAt === null || purgedAt !== null) return null;
  return { url: `/api/privacy-requests/${requestId}/package`, sealedAt, purgeAt };
}

/** Of a deletion, those with a call of their own are counted. */
function totalItems({ plan }: PrivacyRequest): number | null {
  return plan === null ? null : (plan.deletion?.erase ?? plan.items);
}

/** The plan knows the size of data sets, not of documents; the seal knows all. */
function totalBytes({ plan, seal }: PrivacyRequest, { bytes }: Progress): number | null {
  if (seal !== null) return seal.bytes;
  if (plan?.deletion) return null;
  return plan === null ? null : Math.max(plan.bytes, bytes);
}
