import { setTimeout as delay } from "node:timers/promises";
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import type { BatchLimits } from "../host-json.ts";
import { describeError } from "../log.ts";
import type { Listener, ListenerOptions } from "./listener.ts";
import { batchMetadata } from "./metadata.ts";
import { createReceiver, runForMessages } from "./receiver.ts";
import { createStateLog, type StateLog } from "./state-log.ts";

/**
 * How long one look for messages takes when there are none. It always ends by itself: a look that is
 * aborted leaves its credit behind, and the client drops the message that comes for it, locked.
 */
const lookMs = 1000;

/**
 * Gives the messages of a source to a function in batches, one call at a time: it returns, all are
 * completed; it throws, all are abandoned. As in the real host, locks of a batch are not renewed.
 * Where .NET takes what is there at once, the JavaScript client waits a second for more.
 */
export function listenInBatches(options: ListenerOptions): Listener {
  const { fn, log } = options;
  const receiver = createReceiver(options.client, fn);
  const { promise: opened, resolve: onOpened } = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const state = createStateLog(fn, log);
  const batches = takeBatches(receiver, options.batch, state, {
    signal: stopping.signal,
    onOpened,
  });
  const { promise: stopped, resolve: onStopped } = Promise.withResolvers<void>();
  const work = processAll(options, receiver, batches).finally(onStopped);
  return {
    opened,
    stop: async () => {
      stopping.abort();
      // A batch in work takes its time; nothing is taken any more by then.
      await Promise.race([stopped, delay(2 * lookMs, undefined, { ref: false })]);
    },
    idle: () => work,
  };
}

type Taking = { readonly signal: AbortSignal; readonly onOpened: () => void };

/** Batches of messages until the signal is aborted; outlives a broker that is away. */
async function* takeBatches(
  receiver: ServiceBusReceiver,
  limits: BatchLimits,
  state: StateLog,
  { signal, onOpened }: Taking,
): AsyncGenerator<ServiceBusReceivedMessage[]> {
  let isOpen = false;
  while (!signal.aborted) {
    try {
      if (!isOpen) {
        // A broker opens a link before it refuses it, so that an open link proves nothing yet.
        await receiver.peekMessages(1);
        state.open();
        onOpened();
        isOpen = true;
      }
      const messages = await takeBatch(receiver, limits, signal);
      if (messages.length > 0) {
        yield messages;
      }
    } catch (error) {
      isOpen = false;
      state.failed(error);
      await delay(lookMs, undefined, { signal }).catch(() => {});
    }
  }
}

async function takeBatch(
  receiver: ServiceBusReceiver,
  { maxMessages, minMessages, maxWaitMs }: BatchLimits,
  signal: AbortSignal,
): Promise<ServiceBusReceivedMessage[]> {
  const look = (count: number) =>
    receiver.receiveMessages(count, { maxWaitTimeInMs: Math.min(lookMs, maxWaitMs) });
  const messages = await look(maxMessages);
  const waitUntil = Date.now() + maxWaitMs;
  while (
    messages.length > 0 &&
    messages.length < minMessages &&
    Date.now() < waitUntil &&
    !signal.aborted
  ) {
    try {
      messages.push(...(await look(maxMessages - messages.length)));
    } catch {
      // The link is gone; what came by it can still be settled, but only until it opens again.
      break;
    }
  }
  return messages;
}

async function processAll(
  options: ListenerOptions,
  receiver: ServiceBusReceiver,
  batches: AsyncIterable<ServiceBusReceivedMessage[]>,
): Promise<void> {
  const { fn, inTurn, log } = options;
  for await (const messages of batches) {
    const isDone = await runForMessages(options, messages, batchMetadata(messages));
    const settled = messages.map((message) =>
      inTurn(isDone ? "complete" : "abandon", () =>
        isDone ? receiver.completeMessage(message) : receiver.abandonMessage(message),
      ),
    );
    const failure = (await Promise.allSettled(settled)).find((one) => one.status === "rejected");
    if (failure !== undefined) {
      const text = `could not settle all of its messages: ${describeError(failure.reason)}`;
      log("warning", `Function.${fn.name}`, text);
    }
  }
}
