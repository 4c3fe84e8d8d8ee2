import { createHmac, randomBytes } from "node:crypto";
import { approvalsNeeded } from "../core/approval.ts";
import type { Submission } from "../core/decide.ts";
import type { PrivacyRequest } from "../core/request.ts";
import type { SubmitBody } from "../core/wire.ts";
import { AppError } from "../errors.ts";
import { type CommitStage, create } from "./commit.ts";
import { sha256Of } from "./sha256.ts";
import type { Stage } from "./stage.ts";
import { assertNotBeingDeleted } from "./workspace-claims.ts";

/** The door: takes a submission once, whatever way it came. */

/**
 * A submission with who speaks and through which door. `idempotencyKey` is the caller's name for it; `requestedBy`
 * is who asked for it by a ticket, an object id of the directory where the ticket knows it.
 */
export type Intake = {
  readonly submitter: string;
  readonly requestedBy?: string | null;
  readonly source: string;
  readonly idempotencyKey: string | null;
  readonly body: SubmitBody;
  readonly traceParent: string | null;
};

/**
 * Accepts a submission: it is stored, and cannot be lost, when this returns. The same submitter, key and body
 * again give the same request (`isReplay`). Throws `idempotency-conflict` when the key was used with another
 * body, `workspace-not-found` and `forbidden` for what is out of the
 * submitter's reach, `workspace-being-deleted` for an export of a workspace whose deletion has begun.
 */
export async function submit(
  stage: CommitStage & Pick<Stage, "pseudonymKey" | "claims" | "reach">,
  intake: Intake,
): Promise<{ request: PrivacyRequest; isReplay: boolean }> {
  const { body } = intake;
  const { scope } = body;
  stage.reach.assertMayName(intake.submitter, scope);
  const exportFirst = body.exportFirst ?? false;
  const externalId = body.externalId ?? null;
  const requestedBy = intake.requestedBy ?? null;
  const bodyHash = sha256Of(JSON.stringify([body.kind, scope, exportFirst, externalId]));
  const submission = {
    requestId: requestIdOf(stage.pseudonymKey, intake),
    kind: body.kind,
    exportFirst,
    retryOf: null,
    scope,
    submitter: intake.submitter,
    requestedBy,
    approvalsNeeded: approvalsNeeded(intake.source, requestedBy),
    source: intake.source,
    externalId,
    bodyHash,
    law: body.law ?? stage.statutory.defaultLaw,
    traceParent: intake.traceParent,
  };
  if (body.kind === "export") await assertMayExport(stage, submission);
  const { outcome, request } = await create(stage, submission);
  if (outcome === "created") return { request, isReplay: false };
  return { request: await replayed(stage, submission.requestId, bodyHash), isReplay: true };
}

/** An export that was accepted before its workspace's deletion began stays what it is, however often it is sent. */
async function assertMayExport(
  stage: Pick<Stage, "claims" | "ledger">,
  { requestId, scope }: Submission,
): Promise<void> {
  try {
    await assertNotBeingDeleted(stage, scope);
  } catch (error) {
    if ((await stage.ledger.load(requestId)) === null) throw error;
  }
}

/** A key gives the same id again; the id tells nothing of key or submitter. Without a key it is random. */
function requestIdOf(pseudonymKey: string, { submitter, source, idempotencyKey }: Intake): string {
  if (idempotencyKey === null) return randomBytes(16).toString("hex");
  return createHmac("sha256", pseudonymKey)
    .update(JSON.stringify(["request", source, submitter, idempotencyKey]))
    .digest("hex")
    .slice(0, 32);
}

async function replayed(
  stage: CommitStage,
  requestId: string,
  bodyHash: string,
): Promise<PrivacyRequest> {
  const stored = await stage.ledger.load(requestId);
  if (stored !== null && stored.value.erasedAt !== null) {
    throw new AppError(
      "idempotency-conflict",
      "The idempotency key was used for a request that is over and whose data was erased: take a new key",
    );
  }
  if (stored?.value.bodyHash !== bodyHash) {
    throw new AppError(
      "idempotency-conflict",
      "The idempotency key was used before with another body: take a new key for a new request",
    );
  }
  return stored.value;
}
