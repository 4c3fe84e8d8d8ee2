import { isFinal, type PrivacyRequest } from "./request.ts";
import { isExporting, type Move, type Rule, stepOf } from "./rules.ts";

/** The rules of the state table that take note of something and leave the work as it is. */

/** Moves the date by which the request is due; the work on it goes on as before. */
export const extend: Rule<"extend"> = (request, command) =>
  request.dueAt === command.dueAt ? "same" : keepWake(request, { dueAt: command.dueAt });

/** Takes note that somebody has to confirm whose data it is. */
export const awaitIdentity: Rule<"await-identity"> = (request) =>
  request.awaitingIdentity ? "same" : keepWake(request, { awaitingIdentity: true });

/** Takes note of the confirmation, only where one is awaited; what waited for it goes on. */
export const confirmIdentity: Rule<"confirm-identity"> = (request) =>
  request.awaitingIdentity
    ? { ...keepWake(request, { awaitingIdentity: false }), steps: startAgain(request) }
    : "same";

/** Records when the content was removed; asked again, the first instant stays. */
export const purge: Rule<"purge"> = (request, _command, at) =>
  request.purgedAt === null ? { set: { purgedAt: at } } : "same";

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
