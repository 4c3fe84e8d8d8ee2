import { waitMs } from "../core/backoff.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { sliceStep } from "../core/rules.ts";
import { addMs } from "../core/time.ts";
import { AppError, toAppError } from "../errors.ts";
import { BLOCKING, blockRequest } from "./block-request.ts";
import type { Claim } from "./claim.ts";
import { endsWithin } from "./guest-deadline.ts";
import { settleHold } from "./hold.ts";
import { NO_FAULT } from "./no-fault.ts";
import { relay } from "./relay.ts";
import { sliceMessage } from "./slice-message.ts";
import type { SliceResults } from "./slice-results.ts";
import type { Stage } from "./stage.ts";

/**
 * Gives the slice back with the results so far, if it has any that are not stored: at once when the time was up, after a wait when trying again
 * can help, without a message when a person has to mend the workspace or to release the request. Throws
 * `store-conflict` when another worker holds the slice, and what ends the request.
 */
export async function afterSliceFailure(
  stage: Stage,
  request: PrivacyRequest,
  claim: Claim,
  results: SliceResults | null,
  error: unknown,
): Promise<void> {
  const failure = toAppError(error);
  if (failure.code === "store-conflict") throw failure;
  const { requestId } = request;
  const step = sliceStep(request);
  const isNoFault = NO_FAULT.has(failure.code);
  const isHeld = failure.code === "request-held";
  const isBlocked = isHeld || BLOCKING.has(failure.code);
  const isTooMany = claim.slice.failures + 1 >= stage.pace.backoff.maxTries;
  const hasEnded = !isBlocked && (!failure.isRetryable || (isTooMany && !isNoFault));
  const waitsMs = isBlocked ? 0 : delayOf(stage, claim, failure);
  const outlastsMs = isBlocked ? stage.pace.blockedMs : waitsMs;
  const end = hasEnded ? ending(failure) : await endsWithin(stage, request, outlastsMs, failure);
  if (end !== null) {
    await claim.confirm();
    throw end;
  }
  const sentAt = addMs(stage.clock.now(), waitsMs);
  const notBefore = waitsMs === 0 ? null : sentAt;
  await claim.giveBack({
    hasFailed: !isNoFault && !isBlocked,
    sentAt,
    part: (await results?.putAside(stage, requestId, claim.slice)) ?? null,
    owedFor: (slice) => (isBlocked ? undefined : sliceMessage(requestId, slice, notBefore, step)),
  });
  const slice = claim.slice.sliceId;
  stage.telemetry.stepDelayed({
    requestId,
    step,
    slice,
    code: failure.code,
    waitMs: waitsMs,
  });
  if (isHeld) await settleHold(stage, requestId);
  else if (isBlocked) await blockRequest(stage, requestId, failure);
  else await relay(stage, request);
}

function delayOf({ pace, random }: Stage, claim: Claim, failure: AppError): number {
  if (failure.code === "time-up") return 0;
  return waitMs(pace.backoff, claim.slice.failures, random(), failure.retryAfterMs);
}

function ending(failure: AppError): AppError {
  return failure.isRetryable
    ? new AppError("gave-up", "A slice failed too often", { cause: failure })
    : failure;
}
