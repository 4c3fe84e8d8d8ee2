import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { messageSchema } from "../core/messages.ts";
import type { DeadLetter } from "../core/wire.ts";
import { AppError } from "../errors.ts";
import type { DeadLetterQueues } from "../pipeline/ports.ts";
import { busError } from "./bus-senders.ts";

/** So many are received at a time while one is looked for, and so many are looked through at most. */
const AT_ONCE = 50;
const MAX_LOOKED_AT = 5_000;
const WAIT_MS = 2_000;

/** The part of the client that dead letters need. */
export type ReceivingClient = Pick<ServiceBusClient, "createReceiver" | "createSender">;

/**
 * The dead letters of these queues on Service Bus. The client can receive from all of them: only the app of the
 * `upkeep` group may.
 *
 * A letter that is looked for is locked together with those before it, which are given back at the end. Replayed, it
 * has an id derived from the old one and its number, so that a replay that was cut off and made again is one message.
 */
export function busDeadLetterQueues(
  connect: () => Promise<ReceivingClient>,
  queues: readonly string[],
): DeadLetterQueues {
  const known = (queue: string): string => {
    if (queues.includes(queue)) return queue;
    throw new AppError("not-found", "There is no such queue");
  };
  return {
    list: async ({ queue, limit }) => {
      const client = await connect();
      const asked = queue === undefined ? queues : [known(queue)];
      const perQueue = asked.map((name) => {
        const peek = (receiver: ServiceBusReceiver) => receiver.peekMessages(limit);
        return withReceiver(client, name, peek).then((found) =>
          found.map((message) => letterOf(name, message)),
        );
      });
      return (await Promise.all(perQueue)).flat();
    },
    replay: async (queue, number) => {
      const client = await connect();
      await withLetter(client, known(queue), number, async (message) => {
        const sender = client.createSender(queue);
        try {
          await sender.sendMessages({
            body: message.body,
            messageId: `${String(message.messageId ?? "letter")}-replay-${number}`.slice(-128),
            ...(message.contentType === undefined ? {} : { contentType: message.contentType }),
          });
        } finally {
          await sender.close();
        }
      });
    },
    discard: async (queue, number) => {
      await withLetter(await connect(), known(queue), number, async () => {});
    },
  };
}

/** Does something with a letter, then takes it out; when that fails the letter stays. */
async function withLetter(
  client: ReceivingClient,
  queue: string,
  number: string,
  act: (message: ServiceBusReceivedMessage) => Promise<void>,
): Promise<void> {
  await withReceiver(client, queue, async (receiver) => {
    const others: ServiceBusReceivedMessage[] = [];
    try {
      const found = await find(receiver, number, others);
      if (found === null) throw new AppError("not-found", "There is no such dead letter");
      await act(found);
      await receiver.completeMessage(found);
    } finally {
      await Promise.allSettled(others.map((other) => receiver.abandonMessage(other)));
    }
  });
}

async function find(
  receiver: ServiceBusReceiver,
  number: string,
  others: ServiceBusReceivedMessage[],
): Promise<ServiceBusReceivedMessage | null> {
  while (others.length < MAX_LOOKED_AT) {
    const batch = await receiver.receiveMessages(AT_ONCE, { maxWaitTimeInMs: WAIT_MS });
    if (batch.length === 0) return null;
    const at = batch.findIndex(({ sequenceNumber }) => String(sequenceNumber) === number);
    others.push(...batch.filter((_, index) => index !== at));
    if (at !== -1) return batch[at] ?? null;
  }
  return null;
}

async function withReceiver<T>(
  client: ReceivingClient,
  queue: string,
  use: (receiver: ServiceBusReceiver) => Promise<T>,
): Promise<T> {
  const receiver = client.createReceiver(queue, {
    subQueueType: "deadLetter",
    receiveMode: "peekLock",
  });
  try {
    return await use(receiver);
  } catch (error) {
    throw error instanceof AppError ? error : busError(error, `the dead letters of ${queue}`);
  } finally {
    // A receiver that fails to close is of no use to anybody any more.
    await receiver.close().catch(() => {});
  }
}

/** A reason may be anybody's text: only the broker's own words, which are one word, are shown. */
function letterOf(queue: string, message: ServiceBusReceivedMessage): DeadLetter {
  const { deadLetterReason = "", deliveryCount, enqueuedTimeUtc, sequenceNumber } = message;
  const pointer = messageSchema.safeParse(message.body);
  return {
    queue,
    number: String(sequenceNumber),
    reason: /^[A-Za-z]{1,60}$/.test(deadLetterReason) ? deadLetterReason : "unknown",
    enqueuedAt: (enqueuedTimeUtc ?? new Date(0)).toISOString(),
    deliveries: deliveryCount ?? 0,
    requestId: pointer.success ? pointer.data.requestId : null,
    step: pointer.success ? pointer.data.step : null,
  };
}
