import type { Outgoing } from "./messages.ts";
import { isFinal, type PrivacyRequest } from "./request.ts";
import type { Rule } from "./rules.ts";

/** The step that issues the receipt: owed by every request from its end on. */

/** Whether the receipt is still to be issued. */
export function owesReceipt({ state, receiptAt }: PrivacyRequest): boolean {
  return isFinal(state) && receiptAt === null;
}

/** The message that asks for the receipt. It only saves time: whoever looks at the request finds it owed. */
export function receiptMessage(requestId: string): Outgoing {
  return { message: { requestId, step: "receipt", slice: "", attempt: 1 }, notBefore: null };
}

/** Takes note that the receipt is there, once; everything else stays as it is. */
export const receipted: Rule<"receipted"> = (request, _command, at) =>
  owesReceipt(request) ? { set: { wakeAt: request.wakeAt, receiptAt: at } } : "same";
