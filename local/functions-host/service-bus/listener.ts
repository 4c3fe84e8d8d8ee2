import {
  isServiceBusError,
  type MessageHandlers,
  type ProcessErrorArgs,
  type ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import type { Invoke } from "../invoke.ts";
import { describeError, type Log } from "../log.ts";
import { startTrace } from "../trace-context.ts";
import type { QueueFunction } from "../trigger.ts";
import { keepLocked } from "./lock-renewal.ts";
import { bodyText, triggerMetadata } from "./metadata.ts";
import type { TurnQueue } from "./settlement.ts";

/** A queue being listened to. */
export interface QueueListener {
  /** Resolves when the queue is open for the first time, however long the broker takes to appear. */
  readonly opened: Promise<void>;
  /** Takes no further message; those in work can still be settled. */
  stop(): Promise<void>;
  /** Resolves when every message taken is settled, or given up. */
  idle(): Promise<void>;
}

export type QueueListenerOptions = {
  readonly fn: QueueFunction;
  readonly client: ServiceBusClient;
  readonly maxConcurrentCalls: number;
  readonly maxAutoLockRenewalMs: number;
  /** Shared by all listeners of the client. */
  readonly inOwnTurn: TurnQueue;
  readonly invoke: Invoke;
  readonly log: Log;
};

/** The client calls these around each opening of its link, also after a lost connection. */
type LinkHandlers = MessageHandlers & {
  preInitialize(): Promise<void>;
  postInitialize(): Promise<void>;
};

/**
 * Pumps a queue into a function: it returns, the message is completed; it throws, the message is
 * abandoned. The listener outlives a broker that is away; what was in work then is left to be
 * delivered again, since its link can't settle it any more.
 */
export function listenToQueue(options: QueueListenerOptions): QueueListener {
  const { fn, client, maxConcurrentCalls } = options;
  const receiver = client.createReceiver(fn.queueName, {
    maxAutoLockRenewalDurationInMs: 0,
    skipParsingBodyAsJson: true,
  });
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
      const work = processMessage(options, receiver, message, lost);
      inWork.add(work);
      await work.finally(() => inWork.delete(work));
    },
  });
  const subscription = receiver.subscribe(handlers, {
    autoCompleteMessages: false,
    maxConcurrentCalls,
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
function createHandlers({ fn, log }: QueueListenerOptions, pump: Pump): LinkHandlers {
  const state = createStateLog((level, text) =>
    log(level, "Host.ServiceBus", `${fn.queueName}: ${text}`),
  );
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
    processError: async (args) => {
      if (!pump.stopping.aborted) {
        state.failed(args);
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
  options: QueueListenerOptions,
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  lost: AbortSignal,
): Promise<void> {
  const { fn, log } = options;
  const category = `Function.${fn.name}`;
  const stopRenewal = keepLocked(
    {
      lockedUntil: message.lockedUntilUtc ?? new Date(),
      renew: () => receiver.renewMessageLock(message),
    },
    options.maxAutoLockRenewalMs,
    () => log("warning", category, "lost the lock of its message, which is delivered again"),
  );
  const isDone = await runFunction(options, message).finally(stopRenewal);
  const settle = async () => {
    if (!lost.aborted) {
      await (isDone ? receiver.completeMessage(message) : receiver.abandonMessage(message));
    }
  };
  try {
    await unlessAborted(lost, options.inOwnTurn(settle));
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

/** True when the function returned. */
async function runFunction(
  { fn, invoke, log }: QueueListenerOptions,
  message: ServiceBusReceivedMessage,
): Promise<boolean> {
  const parent = message.applicationProperties?.["Diagnostic-Id"];
  try {
    await invoke(fn, {
      inputData: [{ name: fn.bindingName, data: { string: bodyText(message) } }],
      triggerMetadata: triggerMetadata(message),
      traceContext: startTrace(parent, undefined),
    });
    return true;
  } catch (error) {
    log("error", `Function.${fn.name}`, `failed: ${describeError(error)}`);
    return false;
  }
}

function explain({ error }: ProcessErrorArgs): string {
  const code = isServiceBusError(error) ? error.code : error.name;
  switch (code) {
    case "MessagingEntityNotFound":
      return "this queue does not exist; trying again";
    case "UnauthorizedAccess":
      return "the connection's key is refused; trying again";
    default:
      return `not reachable (${error.message.replace(/^GeneralError: /, "")}); trying again`;
  }
}

/** Tells each failure once until the queue is open again: the client tries every second. */
function createStateLog(write: (level: "information" | "warning", text: string) => void) {
  const told = new Set<string>();
  return {
    open: () => {
      told.clear();
      write("information", "listening");
    },
    failed: (args: ProcessErrorArgs) => {
      const text = explain(args);
      if (!told.has(text) && !isAftermath(args.error)) {
        told.add(text);
        write("warning", text);
      }
    },
  };
}

/** The client asks a link for messages that was closed meanwhile; the close has been told already. */
function isAftermath(error: Error): boolean {
  return error.message.startsWith("Cannot request messages on the receiver");
}
