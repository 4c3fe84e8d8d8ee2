import type { PrivacyEvent } from "../../../shared/core/events.ts";
import { type Message, messageId, QUEUES } from "../../../shared/core/messages.ts";
import type { Bus, Clock } from "../../../shared/pipeline/ports.ts";

/** A message on a queue. `deliveries` counts the times a handler was given it and threw. */
export type Delivery = {
  readonly id: string;
  readonly queue: string;
  readonly message: Message;
  readonly notBefore: string | null;
  readonly deliveries: number;
};

/** The bus in memory, with what a test wants to see and do. */
export interface MemoryBus extends Bus {
  /** What the broker took of the topic, in order, each id once. */
  readonly events: readonly PrivacyEvent[];
  /** Messages whose handler threw `MAX_DELIVERIES` times. */
  readonly deadLetters: readonly Delivery[];
  /** The messages that may be delivered at an instant, in order of sending. */
  deliverable(at: string): readonly Delivery[];
  /** The earliest instant at which a message that waits now may be delivered; null when none waits. */
  nextAt(): string | null;
  /**
   * Hands every message that is due now to the handler, one at a time, with those that are sent
   * meanwhile, until none is due. A handler that returns completes its message; one that throws has it
   * delivered again at once. Returns how often the handler was called.
   */
  drain(handler: (message: Message, delivery: Delivery) => Promise<void>): Promise<number>;
}

/** As the queues are set up: so many failed deliveries move a message to the dead letters. */
export const MAX_DELIVERIES = 10;

/** A bus on the clock it is given. It drops what has an id it saw before, for ever. */
export function memoryBus(clock: Clock): MemoryBus {
  const seen = new Set<string>();
  const events: PrivacyEvent[] = [];
  const deadLetters: Delivery[] = [];
  let waiting: Delivery[] = [];
  const isNew = (place: string, id: string): boolean => {
    const size = seen.size;
    return seen.add(`${place} ${id}`).size > size;
  };
  const deliverable = (at: string): Delivery[] =>
    waiting.filter(({ notBefore }) => notBefore === null || notBefore <= at);
  return {
    events,
    deadLetters,
    deliverable,
    send: async (outgoing) => {
      for (const { message, notBefore } of outgoing) {
        const queue = QUEUES[message.step];
        const id = messageId(message);
        if (!isNew(queue, id)) continue;
        waiting.push({ id, queue, message: structuredClone(message), notBefore, deliveries: 0 });
      }
    },
    publish: async (published) => {
      for (const event of published) {
        if (isNew("topic", event.id)) events.push(structuredClone(event));
      }
    },
    nextAt: () => waiting.map(({ notBefore }) => notBefore ?? clock.now()).reduce(earlier, null),
    drain: async (handler) => {
      for (let calls = 0; ; calls += 1) {
        const next = deliverable(clock.now())[0];
        if (next === undefined) return calls;
        waiting = waiting.filter((delivery) => delivery !== next);
        try {
          await handler(next.message, next);
        } catch {
          const failed = { ...next, deliveries: next.deliveries + 1 };
          if (failed.deliveries === MAX_DELIVERIES) deadLetters.push(failed);
          else waiting.unshift(failed);
        }
      }
    },
  };
}

function earlier(a: string | null, b: string): string {
  return a === null || b < a ? b : a;
}
