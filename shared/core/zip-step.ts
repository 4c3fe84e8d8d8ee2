import type { Outgoing } from "./messages.ts";
import { isFinal, type PrivacyRequest, type Zip } from "./request.ts";

/** The step that composes the package in one file. It is owed from the seal on, whatever becomes of the request. */

/** Whether the package in one file is still to be composed. */
export function owesZip({ zip, purgedAt }: PrivacyRequest): boolean {
  return zip !== null && zip.bytes === null && zip.failure === null && purgedAt === null;
}

/** Whether nothing is left to be done for the request: no zip to compose, no second look to take. */
export function isOver(request: PrivacyRequest): boolean {
  const { state, secondLookAt, receiptAt } = request;
  return isFinal(state) && secondLookAt === null && receiptAt !== null && !owesZip(request);
}

/** What the first message about the zip goes by. */
export function firstZip(at: string): Zip {
  return { attempt: 1, tries: 0, sentAt: at, bytes: null, failure: null };
}

/** The message that asks for the zip under its present attempt. */
export function zipMessage(requestId: string, zip: Zip, notBefore: string | null): Outgoing {
  return { message: { requestId, step: "zip", slice: "", attempt: zip.attempt }, notBefore };
}
