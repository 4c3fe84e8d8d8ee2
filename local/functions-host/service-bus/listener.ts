import type {
  MessageHandlers,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { ServiceBusFunction } from "../app-function.ts";
import type { HostConfig } from "../host-json.ts";
import type { Invoke } from "../invoke.ts";
import { describeError, type Log } from "../log.ts";
import { keepLocked } from "./lock-renewal.ts";
import { triggerMetadata } from "./metadata.ts";
import { createReceiver, runForMessages } from "./receiver.ts";
import type { TurnQueue } from "./settlement.ts";
import { createSlots } from "./slots.ts";
import { createStateLog } from "./state-log.ts";

/** A queue or subscription being listened to. */
export interface Listener {
  /** Resolves when it is open for the first time, however long the broker takes to appear. */
  readonly opened: Promise<void>;
  /** Takes no further message; those in work can still be settled. */
  stop(): Promise<void>;
  /** Resolves when every message taken is settled, or given up. */
  idle(): Promise<void>;
}

export type ListenerOptions = Pick<
  HostConfig,
  "maxConcurrentCalls" | "maxAutoLockRenewalMs" | "prefetchCount" | "batch"
> & {
  readonly fn: ServiceBusFunction;
  readonly client: ServiceBusClient;
  /** Shared by all listeners of the client. */
  readonly inTurn: TurnQueue;
  readonly invoke: Invoke;
  readonly log: Log;
};

/** The client calls these around each opening of its link, also after a lost connection. */
type LinkHandlers = MessageHandlers & {
  preInitialize(): Promise<void>;
  postInitialize(): Promise<void>;
};

/**
 * Pumps a queue or subscription into a function: it returns, the message is completed; it throws, the
 * message is abandoned. The listener outlives a broker that is away; what was in work then is left to
 * be delivered again, since its link can't settle it any more.
 */
export function listenToSource(options: ListenerOptions): Listener {
  const { fn, client, maxConcurrentCalls, prefetchCount } = options;
  const receiver = createReceiver(client, fn);
  const inSlot = createSlots(maxConcurrentCalls);
  const { promise: opened, resolve: onOpened } = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const inWork = new Set<Promise<void>>();
  const handlers = createHandlers(options, {
    stopping: stopping.signal,
    onOpened,
    check: async () => {
      await receiver.peekMessages(1);
    },
    process: async (message, lost) => {
      const work = inSlot(async () => {
        if (stopping.signal.aborted && prefetchCount > 0) {
          // It waited in vain; others shall not wait for the end of its lock.
          await settle(options, receiver, { message, lost, isDone: false });
        } else {
          await processMessage(options, receiver, message, lost);
        }
      });
      inWork.add(work);
      await work.finally(() => inWork.delete(work));
    },
  });
  const subscription = receiver.subscribe(handlers, {
    autoCompleteMessages: false,
    maxConcurrentCalls: maxConcurrentCalls + prefetchCount,
    abortSignal: stopping.signal,
  });
  return {
    opened,
    stop: async () => {
      stopping.abort();
      await subscription.close();
    },
    idle: async () => {
      await Promise.all(inWork);
    },
  };
}

type Pump = {
  readonly stopping: AbortSignal;
  readonly onOpened: () => void;
  /** Rejects when the queue can't be used. */
  readonly check: () => Promise<void>;
  /** `lost` is aborted when the link the message came by is gone. */
  readonly process: (message: ServiceBusReceivedMessage, lost: AbortSignal) => Promise<void>;
};

/** Keeps track of the link, which the client opens anew after each loss, and tells of its state. */
function createHandlers({ fn, log }: ListenerOptions, pump: Pump): LinkHandlers {
  const state = createStateLog(fn, log);
  let link = new AbortController();
  return {
    preInitialize: async () => {
      link.abort();
      link = new AbortController();
    },
    postInitialize: async () => {
      // A broker opens the link before it refuses it, so that an open link proves nothing yet.
      await pump.check();
      state.open();
      pump.onOpened();
    },
    processMessage: async (message) => {
      const { signal } = link;
      await pump.process(message, signal);
      if (signal.aborted) {
        // The client gives the link credit for one more message now, but the new link has all of
        // its credit already: without an end here it would run ever more calls at once.
        await new Promise<never>(() => {});
      }
    },
    processError: async ({ error }) => {
      if (!pump.stopping.aborted) {
        state.failed(error);
      }
    },
  };
}

/**
 * Runs the function and settles the message. `lost` is aborted when the link the message came by is
 * gone: a settlement not answered by then never will be.
 * Never throws: what goes wrong with one message is logged, and the broker delivers it again.
 */
async function processMessage(
  options: ListenerOptions,
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  lost: AbortSignal,
): Promise<void> {
  const { fn, log } = options;
  const stopRenewal = keepLocked(
    {
      lockedUntil: message.lockedUntilUtc ?? new Date(),
      renew: () => receiver.renewMessageLock(message),
    },
    options.maxAutoLockRenewalMs,
    () => {
      const text = "lost the lock of its message, which is delivered again";
      log("warning", `Function.${fn.name}`, text);
    },
  );
  const metadata = triggerMetadata(message);
  const isDone = await runForMessages(options, [message], metadata).finally(stopRenewal);
  await settle(options, receiver, { message, lost, isDone });
}

type Ended = {
  readonly message: ServiceBusReceivedMessage;
  readonly lost: AbortSignal;
  readonly isDone: boolean;
};

async function settle(
  { fn, inTurn, log }: ListenerOptions,
  receiver: ServiceBusReceiver,
  { message, lost, isDone }: Ended,
): Promise<void> {
  const category = `Function.${fn.name}`;
  const send = async () => {
    if (!lost.aborted) {
      await (isDone ? receiver.completeMessage(message) : receiver.abandonMessage(message));
    }
  };
  try {
    await unlessAborted(lost, inTurn(isDone ? "complete" : "abandon", send));
    if (lost.aborted) {
      log("warning", category, "lost its link before it settled; its message may come again");
    }
  } catch (error) {
    log("warning", category, `could not settle its message: ${describeError(error)}`);
  }
}

/** Waits for the work, or only until the signal is aborted. */
async function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
