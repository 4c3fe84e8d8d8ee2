import { waitMs } from "../core/backoff.ts";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { sliceStep, stepOf } from "../core/rules.ts";
import { isLeased, takenBack } from "../core/slice.ts";
import { addMs } from "../core/time.ts";
import { isCode } from "../errors.ts";
import { commit } from "./commit.ts";
import type { Upkeep } from "./each-due.ts";
import { failRequest } from "./fail-request.ts";
import type { DeadLetter, DeadLetters } from "./ports.ts";
import { relay } from "./relay.ts";
import { GAVE_UP } from "./resend-slices.ts";
import { sliceMessage } from "./slice-message.ts";
import type { OwnStage } from "./stage.ts";

/** Sends again what the broker gave up on, if the ledger still wants it. */

/** So many of each queue in one run; the next run is a minute later. */
const TAKEN = 50;

/** What the redrive needs. */
export type RedriveStage = OwnStage & { readonly deadLetters: DeadLetters };

/**
 * Takes messages that were delivered too often: each counts as a failed try of its step, which comes again after a
 * wait under its next attempt, or ends the request when the tries are used up. A message that the ledger does not back
 * any more is dropped. The commit comes before the drop, so a run that dies, or two at once, send nothing twice.
 */
export async function redrive(stage: RedriveStage): Promise<Upkeep> {
  const letters = await stage.deadLetters.take(TAKEN);
  let failed = 0;
  for (const letter of letters) {
    const { requestId, step, slice } = letter.message;
    try {
      await sendAgain(stage, letter.message);
      await letter.drop();
    } catch (error) {
      failed += 1;
      const code = isCode(error, "store-conflict") ? "store-conflict" : "internal";
      stage.telemetry.stepThrown({ requestId, step, slice, code, error: null });
      await giveBack(letter);
    }
  }
  return { looked: letters.length, failed, hasMore: false };
}

/** A letter that cannot be given back comes back by itself when its lock is over. */
async function giveBack(letter: DeadLetter): Promise<void> {
  await letter.keep().catch(() => undefined);
}

async function sendAgain(stage: RedriveStage, message: Message): Promise<void> {
  const request = (await stage.ledger.load(message.requestId))?.value;
  if (request === undefined) return;
  if (message.step === "zip") return sendZipAgain(stage, request, message);
  if (message.slice !== "") return sendSliceAgain(stage, request, message);
  const { requestId, attempt, tries } = request;
  if (attempt !== message.attempt || stepOf(request) !== message.step) return;
  if (tries + 1 >= stage.pace.backoff.maxTries) {
    return failRequest(stage, requestId, attempt, GAVE_UP);
  }
  const notBefore = later(stage, tries);
  await commit(stage, requestId, { kind: "retry", attempt, hasFailed: true, notBefore });
}

async function sendZipAgain(
  stage: RedriveStage,
  { requestId, zip }: PrivacyRequest,
  { attempt }: Message,
): Promise<void> {
  if (zip?.attempt !== attempt) return;
  const { code, message: detail } = GAVE_UP;
  await commit(
    stage,
    requestId,
    zip.tries + 1 < stage.pace.backoff.maxTries
      ? { kind: "zip", attempt, hasFailed: true, notBefore: later(stage, zip.tries) }
      : { kind: "zipped", result: { code, detail } },
  );
}

async function sendSliceAgain(
  stage: RedriveStage,
  request: PrivacyRequest,
  { requestId, slice: sliceId, step, attempt }: Message,
): Promise<void> {
  if (request.state !== "running" || sliceStep(request) !== step) return;
  const stored = await stage.slices.load(requestId, sliceId);
  if (stored?.value.attempt !== attempt) return;
  // Whoever holds it goes on, or loses it when the lease is over.
  if (isLeased(stored.value, stage.clock.now())) return;
  const { failures } = stored.value;
  if (failures + 1 >= stage.pace.backoff.maxTries) {
    return failRequest(stage, requestId, request.attempt, GAVE_UP);
  }
  const sentAt = later(stage, failures);
  const slice = takenBack(stored.value, sentAt);
  await stage.slices.save(
    requestId,
    slice,
    stored.version,
    sliceMessage(requestId, slice, sentAt, step === "delete" ? "delete" : "export"),
  );
  await relay(stage, request);
}

function later({ clock, pace, random }: RedriveStage, tries: number): string {
  return addMs(clock.now(), waitMs(pace.backoff, tries, random(), undefined));
}
