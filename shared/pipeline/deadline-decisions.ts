import type { Identity, PrivacyRequest } from "../core/request.ts";
import { AppError } from "../errors.ts";
import { type CommitStage, commit } from "./commit.ts";
import { noteOf } from "./decide-request.ts";

/** What people decide about the date of a request. The history has a salted digest of what they wrote. */

/** Extends the time to answer; asked again, nothing changes. Throws `state-conflict` when the first date is over. */
export function extendRequest(
  stage: CommitStage,
  requestId: string,
  reason: string,
  actor: string,
): Promise<PrivacyRequest> {
  const { calendar } = stage.statutory;
  return commit(stage, requestId, { kind: "extend", calendar, note: noteOf(reason) }, actor);
}

/** Lets the clock stand still until it is confirmed whose data it is. Throws `state-conflict`. */
export function awaitIdentity(
  stage: CommitStage,
  requestId: string,
  reason: string,
  actor: string,
): Promise<PrivacyRequest> {
  const { calendar } = stage.statutory;
  return commit(
    stage,
    requestId,
    { kind: "await-identity", calendar, note: noteOf(reason) },
    actor,
  );
}

/**
 * Records the evidence of whose data it is, and lets the clock and what waited for it go on. Throws
 * `validation-failed` for a verification that has not been yet, `state-conflict`.
 */
export async function confirmIdentity(
  stage: CommitStage,
  requestId: string,
  evidence: Pick<Identity, "method" | "level"> & { readonly verifiedAt?: string | undefined },
  actor: string,
): Promise<PrivacyRequest> {
  const now = stage.clock.now();
  const { method, level, verifiedAt = now } = evidence;
  if (verifiedAt > now) {
    throw new AppError(
      "validation-failed",
      "The identity cannot have been verified in the future",
      {
        findings: [{ pointer: "/verifiedAt", detail: "must not be in the future" }],
      },
    );
  }
  const identity = { method, level, verifiedAt, verifiedBy: actor };
  const note = noteOf(JSON.stringify(identity));
  const { calendar } = stage.statutory;
  return commit(stage, requestId, { kind: "confirm-identity", calendar, identity, note }, actor);
}
