import { ServiceBusClient, type ServiceBusReceivedMessage } from "@azure/service-bus";
import { vi } from "vitest";
import type { Invoke } from "../../../local/functions-host/invoke.ts";
import type { listenToSource } from "../../../local/functions-host/service-bus/listener.ts";
import { createTurnQueue } from "../../../local/functions-host/service-bus/settlement.ts";
import { serviceBusFunction } from "./functions.ts";

/** The official client, which gives up soon; `await using` closes it. */
export function connect({ connectionString }: { connectionString: string }, times = {}) {
  const retryOptions = { maxRetries: 0, retryDelayInMs: 100, timeoutInMs: 1_000, ...times };
  const client = new ServiceBusClient(connectionString, { retryOptions });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** Takes exactly so many messages off a queue, locked. */
export async function receive(client: ServiceBusClient, queue: string, count: number) {
  const receiver = client.createReceiver(queue);
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    messages.push(...(await receiver.receiveMessages(count - messages.length)));
  }
  return { receiver, messages };
}

/** A listener of the host on the queue `work`, in this process. */
export function listen(
  listenTo: typeof listenToSource,
  client: ServiceBusClient,
  handler: (body: unknown) => Promise<void>,
) {
  const invoke: Invoke = async (_fn, { inputData }) => {
    const [input] = inputData;
    await handler(input && "string" in input.data ? JSON.parse(input.data.string) : undefined);
    return { isEmpty: true };
  };
  return listenTo({
    fn: serviceBusFunction(),
    client,
    invoke,
    log: vi.fn(),
    inTurn: createTurnQueue(),
    maxConcurrentCalls: 2,
    maxAutoLockRenewalMs: 60_000,
    prefetchCount: 0,
    batch: { maxMessages: 10, minMessages: 1, maxWaitMs: 30_000 },
  });
}
