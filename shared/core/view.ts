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
      items: { done: progress.items, total: request.plan?.items ?? null },
      bytes: { done: progress.bytes, total: totalBytes(request, progress) },
    },
    exceptions: progress.exceptions,
    failure: request.failure,
    package: packageOf(request),
  };
}

function packageOf(request: PrivacyRequest): RequestView["package"] {
  const { requestId, sealedAt, purgeAt, purgedAt } = request;
  if (sealedAt === null || purgeAt === null || purgedAt !== null) return null;
  return { url: `/api/privacy-requests/${requestId}/package`, sealedAt, purgeAt };
}

/** The plan knows the size of data sets, not of documents; the seal knows all. */
function totalBytes({ plan, seal }: PrivacyRequest, { bytes }: Progress): number | null {
  if (seal !== null) return seal.bytes;
  return plan === null ? null : Math.max(plan.bytes, bytes);
}
