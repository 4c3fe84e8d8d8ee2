import type { ServiceBusClient, ServiceBusReceivedMessage } from "@azure/service-bus";
import type { Random } from "../../support/random.ts";
import type { Expectations, Found } from "./expectations.ts";

export const QUEUE = "faults";

const SENDERS = 4;
const LARGEST_BATCH = 10;
const RECEIVED_AT_ONCE = 5;
const PEEKED_AT_ONCE = 1000;

/** What happens to a received message; `hold` keeps its lock until the broker is gone. */
const CHOICES = ["complete", "abandon", "abandon", "hold"] as const;

/** How to keep a broker busy. */
export type Traffic = {
  readonly client: ServiceBusClient;
  readonly expectations: Expectations;
  readonly random: Random;
  /** Makes the message ids of this round differ from those of others. */
  readonly prefix: string;
  /** Ends the traffic: what is answered after that counts as unanswered. */
  readonly signal: AbortSignal;
  /** Called after every acknowledged send. */
  readonly onAcknowledged: () => void;
};

/**
 * Sends and settles, many at a time, until each of them fails because the broker is gone. Messages
 * whose locks are kept go to `held`.
 */
export async function runUntilKilled(
  traffic: Traffic,
  held: ServiceBusReceivedMessage[],
): Promise<void> {
  const senders = Array.from({ length: SENDERS }, (_, index) => sendAll(traffic, index));
  await Promise.allSettled([...senders, settleAll(traffic, held)]);
}

/** Everything the queue holds, without locking it. */
export async function peekAll(client: ServiceBusClient): Promise<Found[]> {
  const receiver = client.createReceiver(QUEUE);
  const found: Found[] = [];
  for (;;) {
    const messages = await receiver.peekMessages(PEEKED_AT_ONCE);
    if (messages.length === 0) {
      await receiver.close();
      return found;
    }
    found.push(
      ...messages.map(({ messageId, deliveryCount = 0 }) => ({
        id: String(messageId),
        deliveryCount,
      })),
    );
  }
}

async function sendAll(traffic: Traffic, senderIndex: number): Promise<never> {
  const { client, random, prefix, expectations, signal, onAcknowledged } = traffic;
  const sender = client.createSender(QUEUE);
  for (let count = 0; ; count += 1) {
    const length = 1 + random.below(LARGEST_BATCH);
    const ids = Array.from({ length }, (_, index) => `${prefix}-${senderIndex}-${count}-${index}`);
    const messages = ids.map((messageId) => ({ messageId, body: messageId }));
    await sender.sendMessages(messages);
    signal.throwIfAborted();
    for (const id of ids) {
      expectations.sendAcknowledged(id);
    }
    onAcknowledged();
  }
}

async function settleAll(
  { client, random, expectations, signal }: Traffic,
  held: ServiceBusReceivedMessage[],
): Promise<never> {
  const receiver = client.createReceiver(QUEUE);
  for (;;) {
    for (const message of await receiver.receiveMessages(1 + random.below(RECEIVED_AT_ONCE))) {
      signal.throwIfAborted();
      const choice = CHOICES[random.below(CHOICES.length)] ?? "hold";
      if (choice === "hold") {
        held.push(message);
        continue;
      }
      const id = String(message.messageId);
      expectations.settling(id, choice);
      await (choice === "complete"
        ? receiver.completeMessage(message)
        : receiver.abandonMessage(message));
      signal.throwIfAborted();
      expectations.settled(id);
    }
  }
}
