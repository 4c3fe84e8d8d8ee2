import type { PrivacyEvent } from "../../../shared/core/events.ts";
import { type Message, messageId, QUEUES } from "../../../shared/core/messages.ts";
import type { Bus, Clock } from "../../../shared/pipeline/ports.ts";
import { frozen } from "./frozen.ts";

/** A message on a queue. `deliveries` counts the times a handler was given it and threw. */
export type Delivery = {
  readonly id: string;
  readonly queue: string;
  readonly message: Message;
  readonly notBefore: string | null;
  readonly deliveries: number;
};

type Handler = (message: Message, delivery: Delivery) => Promise<void>;

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
  drain(handler: Handler): Promise<number>;
}

/** As the queues are set up: so many failed deliveries move a message to the dead letters. */
export const MAX_DELIVERIES = 10;

/** A bus on the clock it is given. It drops what has an id it saw before, for ever. */
export function memoryBus(clock: Clock): MemoryBus {
  const seen = new Set<string>();
  const events: PrivacyEvent[] = [];
  const deadLetters: Delivery[] = [];
  const waiting: Delivery[] = [];
  return {
    events,
    deadLetters,
    deliverable: (at) => waiting.filter((delivery) => isDue(delivery, at)),
    send: async (outgoing) => {
      for (const { message, notBefore } of outgoing) {
        const queue = QUEUES[message.step];
        const id = messageId(message);
        if (!isNew(seen, `${queue} ${id}`)) continue;
        waiting.push({ id, queue, message: frozen(message), notBefore, deliveries: 0 });
      }
    },
    publish: async (published) => {
      const fresh = published.filter(({ id }) => isNew(seen, `topic ${id}`));
      events.push(...fresh.map(frozen));
    },
    nextAt: () => waiting.map(({ notBefore }) => notBefore ?? clock.now()).reduce(earlier, null),
    drain: async (handler) => {
      for (let calls = 0; ; calls += 1) {
        const index = waiting.findIndex((delivery) => isDue(delivery, clock.now()));
        const [next] = index === -1 ? [] : waiting.splice(index, 1);
        if (next === undefined) return calls;
        const failed = await failedDelivery(handler, next);
        if (failed?.deliveries === MAX_DELIVERIES) deadLetters.push(failed);
        else if (failed !== null) waiting.unshift(failed);
      }
    },
  };
}

function isDue({ notBefore }: Delivery, at: string): boolean {
  return notBefore === null || notBefore <= at;
}

function isNew(seen: Set<string>, id: string): boolean {
  const size = seen.size;
  return seen.add(id).size > size;
}

/** Null when the handler returned. */
async function failedDelivery(handler: Handler, delivery: Delivery): Promise<Delivery | null> {
  try {
    await handler(delivery.message, delivery);
    return null;
  } catch {
    return { ...delivery, deliveries: delivery.deliveries + 1 };
  }
}

function earlier(a: string | null, b: string): string {
  return a === null || b < a ? b : a;
}
