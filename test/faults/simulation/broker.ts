import type { PrivacyEvent } from "../../../shared/core/events.ts";
import { type Message, messageId, QUEUES } from "../../../shared/core/messages.ts";
import type { Bus, DeadLetter, DeadLetters } from "../../../shared/pipeline/ports.ts";
import { frozen } from "../../support/memory/frozen.ts";
import type { Random } from "../../support/random.ts";
import type { VirtualClock } from "./clock.ts";

/** A broker as Service Bus is: locks, delivery counts, dead letters, a window in which an id is known. */

/** A message on a queue. `lock` changes with every delivery: whoever had an earlier one cannot settle. */
export type Queued = {
  readonly id: string;
  readonly message: Message;
  readonly notBeforeMs: number;
  deliveries: number;
  lock: number;
  lockedUntilMs: number;
  /** Whether whoever has it still renews its lock. */
  isRenewed: () => boolean;
};

/** As the queues are set up. */
const LOCK_MS = 60_000;
const MAX_DELIVERIES = 10;
const DUPLICATE_WINDOW_MS = 10 * 60_000;

export interface Broker extends Bus {
  readonly deadLetters: DeadLetters;
  /** Every copy of an event that was sent, in order: also those that the topic drops, which had to be the same. */
  readonly published: readonly PrivacyEvent[];
  /** Everything that has not been completed, dead letters left out. */
  readonly waiting: ReadonlySet<Queued>;
  /** What was given up on and not taken back. */
  readonly given: ReadonlySet<Queued>;
  /** Renews and ends locks, and returns what can be delivered. */
  deliverable(): Queued[];
  /** When something can be delivered again; infinite when nothing waits for it. */
  nextAtMs(): number;
  /** Hands it out and returns its lock. */
  deliver(queued: Queued, isRenewed: () => boolean): number;
  /** Both do nothing when the lock is another one by now. */
  complete(queued: Queued, lock: number): void;
  abandon(queued: Queued, lock: number): void;
  /** Ends the lock of one that is being handled, while its handler goes on. */
  loseLock(random: Random): void;
}

/** A broker on that clock. */
export function simulatedBroker(clock: VirtualClock): Broker {
  const waiting = new Set<Queued>();
  const given = new Set<Queued>();
  const published: PrivacyEvent[] = [];
  const seenAt = new Map<string, number>();
  const isNew = (id: string): boolean => {
    const seen = seenAt.get(id) ?? -Infinity;
    if (seen + DUPLICATE_WINDOW_MS > clock.nowMs) return false;
    seenAt.set(id, clock.nowMs);
    return true;
  };
  const unlock = (queued: Queued): void => {
    queued.lock += 1;
    queued.lockedUntilMs = 0;
    if (queued.deliveries < MAX_DELIVERIES || !waiting.delete(queued)) return;
    given.add(queued);
  };
  return {
    published,
    waiting,
    given,
    deadLetters: deadLettersOf(given, clock),
    send: async (outgoing) => {
      for (const { message, notBefore } of outgoing) {
        const id = messageId(message);
        if (!isNew(`${QUEUES[message.step]} ${id}`)) continue;
        const notBeforeMs = notBefore === null ? 0 : Date.parse(notBefore);
        const state = { deliveries: 0, lock: 0, lockedUntilMs: 0, isRenewed: () => false };
        waiting.add({ id, message: frozen(message), notBeforeMs, ...state });
      }
    },
    publish: async (events) => {
      published.push(...frozen(events));
    },
    deliverable: () => {
      const now = clock.nowMs;
      const free: Queued[] = [];
      for (const queued of waiting) {
        const isLocked = queued.lockedUntilMs > 0;
        if (isLocked && queued.lockedUntilMs <= now) unlock(queued);
        else if (isLocked && queued.isRenewed()) queued.lockedUntilMs = now + LOCK_MS;
        if (queued.lockedUntilMs === 0 && queued.notBeforeMs <= now) free.push(queued);
      }
      return free.filter((queued) => waiting.has(queued));
    },
    nextAtMs: () => {
      let next = Infinity;
      for (const { lockedUntilMs, notBeforeMs, isRenewed } of waiting) {
        const isHeld = lockedUntilMs > 0 && isRenewed();
        if (!isHeld) next = Math.min(next, Math.max(lockedUntilMs, notBeforeMs));
      }
      return next;
    },
    deliver: (queued, isRenewed) => {
      queued.deliveries += 1;
      queued.lockedUntilMs = clock.nowMs + LOCK_MS;
      queued.isRenewed = isRenewed;
      return queued.lock;
    },
    complete: (queued, lock) => {
      if (queued.lock === lock) waiting.delete(queued);
    },
    abandon: (queued, lock) => {
      if (queued.lock === lock) unlock(queued);
    },
    loseLock: (random) => {
      const locked = [...waiting].filter(({ lockedUntilMs }) => lockedUntilMs > 0);
      const queued = locked[random.below(Math.max(1, locked.length))];
      if (queued !== undefined) unlock(queued);
    },
  };
}

function deadLettersOf(given: Set<Queued>, clock: VirtualClock): DeadLetters {
  return {
    take: async (limit) => {
      const now = clock.nowMs;
      const free = [...given].filter(({ lockedUntilMs }) => lockedUntilMs <= now).slice(0, limit);
      return free.map((queued): DeadLetter => {
        queued.lockedUntilMs = now + LOCK_MS;
        const { message } = queued;
        return {
          message,
          drop: async () => {
            if (queued.lockedUntilMs > clock.nowMs) given.delete(queued);
          },
          keep: async () => {
            queued.lockedUntilMs = 0;
          },
        };
      });
    },
  };
}
