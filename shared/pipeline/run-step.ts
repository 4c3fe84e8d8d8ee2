import { waitMs } from "../core/backoff.ts";
import type { Message, Step } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { stepOf } from "../core/rules.ts";
import { addMs } from "../core/time.ts";
import { AppError, toAppError } from "../errors.ts";
import { errorName } from "../telemetry.ts";
import { BLOCKING, blockRequest } from "./block-request.ts";
import { commit } from "./commit.ts";
import { deleteSlice } from "./delete-slice.ts";
import { exportSlice } from "./export-slice.ts";
import { failRequest } from "./fail-request.ts";
import { fanOut } from "./fan-out.ts";
import { endsWithin } from "./guest-deadline.ts";
import { receiptStep } from "./issue-receipt.ts";
import { NO_FAULT } from "./no-fault.ts";
import { planRequest } from "./planner.ts";
import { sealPackage } from "./sealer.ts";
import type { Stage } from "./stage.ts";
import { verify } from "./verify-deletion.ts";
import { zipPackage } from "./zipper.ts";

/** Runs the step that a message points to; the one policy on failure. */

type Run = (stage: Stage, message: Message) => Promise<void>;

/** Steps of the whole request. A message of another attempt, or for another state, is out of date. */
const REQUEST_STEPS: Partial<Record<Step, (stage: Stage, requestId: string) => Promise<void>>> = {
  plan: (stage, requestId) => planRequest(stage, requestId),
  start: fanOut,
  seal: sealPackage,
  verify,
};
/** Steps that count attempts of their own. */
const OWN_STEPS: Partial<Record<Step, Run>> = {
  export: exportSlice,
  delete: deleteSlice,
  zip: zipPackage,
  receipt: receiptStep,
};

/**
 * Handles a message. Returning completes it; throwing gives it back to the broker, which counts. A failure
 * that may pass, the unforeseen included, is committed with its next try and returns, until the tries are used
 * up; one that may not ends the request. Only a store or bus that cannot be reached throws: nothing could be
 * committed. What is thrown tells no more than its code. A message that the ledger does not back does nothing,
 * whoever made it.
 */
export async function runStep(stage: Stage, message: Message): Promise<void> {
  const run = OWN_STEPS[message.step] ?? runRequestStep;
  try {
    await run(stage, message);
  } catch (error) {
    const failure = toAppError(error);
    const { requestId, step, slice } = message;
    const { code } = failure;
    if (!failure.isRetryable) {
      const attempt = (await stage.ledger.load(requestId))?.value.attempt;
      if (attempt !== undefined) await failRequest(stage, requestId, attempt, failure);
      return stage.telemetry.stepFailed({ requestId, step, slice, code });
    }
    stage.telemetry.stepThrown({ requestId, step, slice, code, error: errorName(failure.cause) });
    throw new AppError(code, failure.message);
  }
}

async function runRequestStep(stage: Stage, message: Message): Promise<void> {
  const run = REQUEST_STEPS[message.step];
  const request = (await stage.ledger.load(message.requestId))?.value;
  if (run === undefined || !isCurrent(request, message)) {
    return stage.telemetry.messageStale(message);
  }
  try {
    await run(stage, message.requestId);
  } catch (error) {
    await afterFailure(stage, request, message, toAppError(error));
  }
}

function isCurrent(
  request: PrivacyRequest | undefined,
  { step, attempt }: Message,
): request is PrivacyRequest {
  return request?.attempt === attempt && stepOf(request) === step;
}

async function afterFailure(
  stage: Stage,
  request: PrivacyRequest,
  { step, slice, attempt }: Message,
  failure: AppError,
): Promise<void> {
  const { requestId, tries } = request;
  const delayMs = delayAfter(stage, tries, failure);
  const expired = await endsWithin(stage, request, delayMs ?? 0, failure);
  if (delayMs === null || expired !== null) {
    await failRequest(stage, requestId, attempt, expired ?? failure);
    stage.telemetry.stepFailed({ requestId, step, slice, code: (expired ?? failure).code });
  } else if (BLOCKING.has(failure.code)) {
    await blockRequest(stage, requestId, failure, attempt);
  } else {
    const { code } = failure;
    const hasFailed = !NO_FAULT.has(code);
    const notBefore = addMs(stage.clock.now(), delayMs);
    await commit(stage, requestId, { kind: "retry", attempt, hasFailed, notBefore });
    stage.telemetry.stepDelayed({ requestId, step, slice, code, waitMs: delayMs });
  }
}

/** How long the request waits after a failure, for a person or for the next try; null when it has ended. */
function delayAfter({ pace, random }: Stage, tries: number, failure: AppError): number | null {
  if (BLOCKING.has(failure.code)) return pace.blockedMs;
  const isLast = !NO_FAULT.has(failure.code) && tries + 1 >= pace.backoff.maxTries;
  if (!failure.isRetryable || isLast) return null;
  return waitMs(pace.backoff, tries, random(), failure.retryAfterMs);
}
