import type { Draft, Message } from "../../../local/service-bus/model/message.ts";
import { Queue } from "../../../local/service-bus/model/queue.ts";
import type { QueueSettings } from "../../../local/service-bus/model/queue-settings.ts";
import { createMemoryStore } from "../../../local/service-bus/store/memory-store.ts";
import type { Store } from "../../../local/service-bus/store/store.ts";
import { ManualClock } from "./manual-clock.ts";

export const SECOND = 1000;

/** 10 s locks, 3 deliveries, no expiry, duplicates accepted. */
export const SETTINGS: QueueSettings = {
  lockDurationMs: 10 * SECOND,
  maxDeliveryCount: 3,
  defaultTimeToLiveMs: Infinity,
  deadLettersOnExpiration: false,
};

/** A message to send; its content is empty, because a queue never looks at it. */
export function draft(messageId: string, fields: Partial<Draft> = {}): Draft {
  const empty = new Uint8Array();
  const content = { durable: true, priority: 4, annotations: empty, bare: empty };
  return { messageId, content, ...fields };
}

/** A queue and its dead-letter queue over a store, on a clock the test moves. */
export function openQueue(
  settings: Partial<QueueSettings> = {},
  clock: ManualClock = new ManualClock(),
  store: Store = createMemoryStore(),
): { queue: Queue; deadLetters: Queue; clock: ManualClock; store: Store } {
  const open = (name: string, extra: object = {}): Queue =>
    new Queue(
      name,
      { ...SETTINGS, ...settings },
      { clock, journal: store.journal(name), record: store.load(name), ...extra },
    );
  const deadLetters = open("orders/$deadletterqueue");
  const queue = open("orders", { deadLetter: (each: Draft) => void deadLetters.accept(each) });
  return { queue, deadLetters, clock, store };
}

/** The message ids of what a queue holds, in order. */
export function held(queue: Queue): string[] {
  return queue.peek(0, 1000).map(({ messageId }) => messageId);
}

/** Locks the next message, which must be there. */
export function lock(queue: Queue): Message & { lockToken: string } {
  const message = queue.lockNext();
  if (message === undefined) {
    throw new Error("no active message");
  }
  return { ...message, lockToken: message.state.lockToken };
}
