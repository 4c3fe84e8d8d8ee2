import { waitMs } from "../core/backoff.ts";
import type { Message, Step } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { STEP_OF } from "../core/rules.ts";
import { addMs } from "../core/time.ts";
import { type AppError, type ErrorCode, toAppError } from "../errors.ts";
import { commit } from "./commit.ts";
import { exportSlice } from "./export-slice.ts";
import { fanOut } from "./fan-out.ts";
import { planRequest } from "./planner.ts";
import { sealPackage } from "./sealer.ts";
import type { Stage } from "./stage.ts";

/** Runs the step that a message points to; the one policy on failure. */

type Run = (stage: Stage, message: Message) => Promise<void>;

/** Steps of the whole request. A message of another attempt, or for another state, is out of date. */
const REQUEST_STEPS: Partial<Record<Step, (stage: Stage, requestId: string) => Promise<void>>> = {
  plan: planRequest,
  start: fanOut,
  seal: sealPackage,
};
const SLICE_STEPS: Partial<Record<Step, Run>> = { export: exportSlice };

/**
 * Handles a message. Returning completes it; throwing gives it back to the broker, which counts. A known
 * failure that may pass is committed with its next try and returns; one that may not ends the request. Only
 * the unforeseen, and a store or bus that cannot be reached, throws. A message that the ledger does not back
 * does nothing, whoever made it.
 */
export async function runStep(stage: Stage, message: Message): Promise<void> {
  const run = SLICE_STEPS[message.step] ?? runRequestStep;
  try {
    await run(stage, message);
  } catch (error) {
    const failure = toAppError(error);
    if (failure.isRetryable) throw error;
    await failRequest(stage, message, failure);
  }
}

async function runRequestStep(stage: Stage, message: Message): Promise<void> {
  const run = REQUEST_STEPS[message.step];
  const request = (await stage.ledger.load(message.requestId))?.value;
  if (run === undefined || !isCurrent(request, message))
    return stage.telemetry.messageStale(message);
  try {
    await run(stage, message.requestId);
  } catch (error) {
    await afterFailure(stage, request, message, toAppError(error));
  }
}

/** What only a person can mend: the request waits, and looks again from time to time. */
const BLOCKING: ReadonlySet<ErrorCode> = new Set(["workspace-locked", "workspace-denied"]);

async function afterFailure(
  stage: Stage,
  request: PrivacyRequest,
  message: Message,
  failure: AppError,
): Promise<void> {
  const { code, message: detail, isRetryable } = failure;
  if (code === "internal") throw failure;
  if (BLOCKING.has(code)) {
    const wakeAt = addMs(stage.clock.now(), stage.pace.blockedMs);
    const block = { kind: "block", failure: { code, detail }, wakeAt } as const;
    await commit(stage, request.requestId, block);
  } else if (isRetryable && request.tries + 1 < stage.pace.backoff.maxTries) {
    await delay(stage, request, message, failure);
  } else {
    await failRequest(stage, message, failure);
  }
}

function isCurrent(
  request: PrivacyRequest | undefined,
  { step, attempt }: Message,
): request is PrivacyRequest {
  return request?.attempt === attempt && STEP_OF[request.state] === step;
}

async function delay(
  stage: Stage,
  { requestId, tries }: PrivacyRequest,
  { step, slice, attempt }: Message,
  failure: AppError,
): Promise<void> {
  const delayMs = waitMs(stage.pace.backoff, tries, stage.random(), failure.retryAfterMs);
  const notBefore = addMs(stage.clock.now(), delayMs);
  await commit(stage, requestId, { kind: "retry", attempt, hasFailed: true, notBefore });
  stage.telemetry.stepDelayed({ requestId, step, slice, code: failure.code, waitMs: delayMs });
}

async function failRequest(
  stage: Stage,
  { requestId, step, slice }: Message,
  { code, message }: AppError,
): Promise<void> {
  await commit(stage, requestId, {
    kind: "fail",
    failure: { code, detail: message },
    purgeAt: addMs(stage.clock.now(), stage.pace.retentionMs),
  });
  stage.telemetry.stepFailed({ requestId, step, slice, code });
}
