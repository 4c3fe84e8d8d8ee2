import type { Rule } from "./rules.ts";
import { owesZip, zipMessage } from "./zip-step.ts";

/** Rules of the package in one file. They are notes: state, attempt and `wakeAt` of the request stay as they are. */

/** Asks for the zip again under its next attempt, unless somebody did already or it is there. */
export const zip: Rule<"zip"> = (request, { attempt, hasFailed, notBefore }, at) => {
  const { requestId, wakeAt } = request;
  if (!owesZip(request) || request.zip?.attempt !== attempt) return "same";
  const next = {
    ...request.zip,
    attempt: attempt + 1,
    tries: hasFailed ? request.zip.tries + 1 : 0,
    sentAt: notBefore ?? at,
  };
  return { set: { wakeAt, zip: next }, slices: [zipMessage(requestId, next, notBefore)] };
};

/** Takes note that the zip is there, or why it never will be; once. */
export const zipped: Rule<"zipped"> = (request, { result }) => {
  if (!owesZip(request) || request.zip === null) return "same";
  const outcome = "bytes" in result ? { bytes: result.bytes } : { failure: result };
  return { set: { wakeAt: request.wakeAt, zip: { ...request.zip, ...outcome } } };
};
