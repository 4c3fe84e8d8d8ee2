import type { PrivacyRequest } from "../core/request.ts";
import { sliceStep } from "../core/rules.ts";
import { isLeased, type OpenSlice, resent, slicePrefix, takenBack } from "../core/slice.ts";
import { AppError, isCode } from "../errors.ts";
import { failRequest } from "./fail-request.ts";
import type { Stored } from "./ports.ts";
import { settleIfLast } from "./settle-phase.ts";
import { sliceMessage } from "./slice-message.ts";
import type { OwnStage } from "./stage.ts";

/** Sends slices again: those whose worker or message was lost, or all when a request goes on after a wait. */

const PAGE = 100;

export const GAVE_UP = new AppError(
  "gave-up",
  "A step failed too often, or its worker died each time",
);

/**
 * Sends every slice of the running phase that was sent before and is not being worked on. The messages that came
 * while the request waited were dropped.
 */
export async function resendSlices(stage: OwnStage, request: PrivacyRequest): Promise<void> {
  await recoverSlices(stage, request, (slice) => !isLeased(slice, stage.clock.now()));
}

/** Sends again the slices of the phase that are lost, and ends the phase when none is open. */
export async function recoverSlices(
  stage: OwnStage,
  request: PrivacyRequest,
  isLost: (slice: OpenSlice) => boolean,
): Promise<void> {
  const { requestId, generation, phase, cursor } = request;
  let after = "";
  for (;;) {
    const open = await stage.slices.open(requestId, slicePrefix(generation, phase), after, PAGE);
    // Slices beyond the cursor were never sent: the fan-out comes to them.
    const sent = open.filter(({ value }) => value.sliceId <= cursor);
    const isMoving = sent.some(({ value }) => isLeased(value, stage.clock.now()));
    for (const slice of sent) {
      // While others of the phase are worked on, one that nobody began most likely waits its turn.
      const waits = isMoving && slice.value.epoch === 0;
      if (!waits && isLost(slice.value)) await recover(stage, request, slice);
    }
    const last = open.at(-1);
    if (last === undefined || open.length < PAGE) break;
    after = last.value.sliceId;
  }
  await settleIfLast(stage, requestId, generation, phase);
}

async function recover(
  stage: OwnStage,
  request: PrivacyRequest,
  { value, version }: Stored<OpenSlice>,
): Promise<void> {
  const { requestId, attempt } = request;
  const now = stage.clock.now();
  if (value.failures >= stage.pace.backoff.maxTries) {
    return failRequest(stage, requestId, attempt, GAVE_UP);
  }
  const slice = value.leaseUntil === null ? resent(value, now) : takenBack(value, now);
  const owed = sliceMessage(requestId, slice, null, sliceStep(request));
  try {
    await stage.slices.save(requestId, slice, version, owed);
  } catch (error) {
    // Somebody works on the slice after all.
    if (!isCode(error, "store-conflict")) throw error;
  }
}
