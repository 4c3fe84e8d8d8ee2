import { isFinal, type PrivacyRequest } from "./request.ts";
import { isExporting, type Move, stepOf } from "./rules.ts";

/** What rules share that take note of something and leave the work as it is. */

/** A note that changes nothing of what is going on. */
export function keepWake(
  request: PrivacyRequest,
  set: Partial<PrivacyRequest>,
): Exclude<Move, "same"> {
  return { set: { wakeAt: request.wakeAt, ...set } };
}

/** The message that a scheduled deletion needs once nothing keeps it from beginning any more. */
export function startAgain(request: PrivacyRequest) {
  const step = isFinal(request.state) ? null : stepOf(request);
  return step === "start" && !isExporting(request) ? [{ step, notBefore: request.wakeAt }] : [];
}
