import { randomUUID } from "node:crypto";
import { ServiceBusClient } from "@azure/service-bus";

/** The calls of the official client that are measured: the same ones whoever serves them. */

export const QUEUE = "bench";

/** The size of a message's body. */
export const BODY_BYTES = 1024;

const BATCHES_IN_FLIGHT = 4;
const CONCURRENT_CALLS = 16;
const BODY = Buffer.alloc(BODY_BYTES, "x");

/** A client for a measurement; its calls fail rather than be tried again. */
export function openClient(connectionString: string): ServiceBusClient {
  return new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0 } });
}

/** Sends `count` messages in full batches, four at a time; gives messages a second. */
export async function sendBatched(client: ServiceBusClient, count: number): Promise<number> {
  const sender = client.createSender(QUEUE);
  // Opens the link, so that what is measured begins with the first message.
  await sender.createMessageBatch();
  const startedAt = performance.now();
  let left = count;
  const sendSome = async (): Promise<void> => {
    while (left > 0) {
      const batch = await sender.createMessageBatch();
      while (batch.count < left && batch.tryAddMessage({ body: BODY, messageId: randomUUID() }));
      left -= batch.count;
      await sender.sendMessages(batch);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, sendSome));
  const rate = perSecond(count, startedAt);
  await sender.close();
  return rate;
}

/** Receives and completes `count` messages with 16 concurrent calls; gives messages a second. */
export async function receiveAndComplete(client: ServiceBusClient, count: number): Promise<number> {
  const receiver = client.createReceiver(QUEUE);
  const done = Promise.withResolvers<void>();
  let completed = 0;
  const startedAt = performance.now();
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        await receiver.completeMessage(message);
        completed += 1;
        if (completed === count) done.resolve();
      },
      processError: async ({ error }) => done.reject(error),
    },
    { maxConcurrentCalls: CONCURRENT_CALLS, autoCompleteMessages: false },
  );
  await done.promise;
  const rate = perSecond(count, startedAt);
  await subscription.close();
  await receiver.close();
  return rate;
}

function perSecond(count: number, startedAt: number): number {
  return (count * 1000) / (performance.now() - startedAt);
}
