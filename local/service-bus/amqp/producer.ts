import type { Delivery, Receiver } from "rhea";
import { BrokerError } from "../model/broker-error.ts";
import type { Queue } from "../model/queue.ts";
import type { SendFaults } from "../model/send-faults.ts";
import type { Turn } from "../turn.ts";
import { readTransfer } from "../wire/incoming-message.ts";
import { failFast } from "./fail-fast.ts";
import { outcomeState, refusedState } from "./outcome.ts";
import { freeReceived, writeDisposition } from "./rhea-internals.ts";

/** A transfer as rhea hands it over once `receiveBytes` is in place. */
export type Transfer = { readonly payload: Buffer; readonly delivery: Delivery };

/**
 * Puts the messages of one transfer into a queue, all or none, and accepts it once they are durable.
 * A transfer that is too large or malformed is rejected; the link stays, because the client waits
 * for its timeout when a link ends under a send.
 */
export function receiveTransfer(
  link: Receiver,
  { payload, delivery }: Transfer,
  queue: Queue,
  turn: Turn,
  maxMessageSizeBytes: number,
  faults: SendFaults,
): void {
  try {
    faults.check(queue.name);
    if (payload.length > maxMessageSizeBytes) {
      throw new BrokerError(
        "message-size-exceeded",
        `The message of ${payload.length} bytes is larger than ${maxMessageSizeBytes} bytes.`,
      );
    }
    queue.send(readTransfer(payload, delivery.format));
    turn.afterCommit(() => settleTransfer(link, delivery, outcomeState("accepted")));
  } catch (error) {
    if (!(error instanceof BrokerError)) {
      failFast(error);
    }
    settleTransfer(link, delivery, refusedState(error));
  }
}

/** Answers a transfer, unless the sender settled it itself, and frees its slot. */
export function settleTransfer(
  { session }: Receiver,
  delivery: Delivery,
  state: ReturnType<typeof outcomeState>,
): void {
  if (!delivery.remote_settled) {
    writeDisposition(session, "receiver", delivery.id, state);
  }
  freeReceived(session, delivery);
}
