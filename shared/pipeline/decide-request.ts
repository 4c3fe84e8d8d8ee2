import { randomBytes } from "node:crypto";
import { isAuthor } from "../core/approval.ts";
import type { Note, PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { AppError } from "../errors.ts";
import { type CommitStage, commit } from "./commit.ts";

/** What people decide about a request: to approve its plan, to refuse it, to cancel it. */

/** What a person wrote, with a salt of its own: the digest in the history cannot be guessed from the text. */
export function noteOf(text: string): Note {
  return { salt: randomBytes(16).toString("hex"), text };
}

/**
 * Approves the plan with that hash. The grace period begins with the last approval that is needed; the same person
 * approving again changes nothing. Throws `forbidden` for whoever asked for the deletion, in every state;
 * `plan-stale` when there is another plan by now; `state-conflict`.
 */
export async function approveRequest(
  stage: CommitStage,
  requestId: string,
  approval: {
    readonly approver: string;
    readonly planHash: string;
    readonly comment: string | null;
  },
): Promise<PrivacyRequest> {
  const { approver, planHash, comment } = approval;
  const request = (await stage.ledger.load(requestId))?.value;
  if (request === undefined) throw new AppError("not-found", `There is no request ${requestId}`);
  if (isAuthor(request, approver)) {
    throw new AppError("forbidden", "Nobody can approve a request of their own");
  }
  const startAt = addMs(stage.clock.now(), stage.pace.graceMs);
  const command = { kind: "approve", approver, planHash, startAt } as const;
  const noted = comment === null ? command : { ...command, note: noteOf(comment) };
  return commit(stage, requestId, noted, approver);
}

/** Refuses a request before its deletion has begun; the reason stays in it. Throws `state-conflict`. */
export async function refuseRequest(
  stage: CommitStage,
  requestId: string,
  reason: string,
  actor: string,
): Promise<PrivacyRequest> {
  const refuse = {
    kind: "refuse",
    failure: { code: "refused", detail: reason },
    purgeAt: addMs(stage.clock.now(), stage.pace.retentionMs),
    note: noteOf(reason),
  } as const;
  return commit(stage, requestId, refuse, actor);
}

/** Cancels a request; a deletion only until it has begun. Throws `state-conflict`. */
export async function cancelRequest(
  stage: CommitStage,
  requestId: string,
  reason: string | null,
  actor: string,
): Promise<PrivacyRequest> {
  const purgeAt = addMs(stage.clock.now(), stage.pace.retentionMs);
  const cancel = { kind: "cancel", purgeAt } as const;
  const noted = reason === null ? cancel : { ...cancel, note: noteOf(reason) };
  return commit(stage, requestId, noted, actor);
}
