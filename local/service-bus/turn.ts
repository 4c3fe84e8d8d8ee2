import type { Clock } from "./model/clock.ts";
import type { Queue } from "./model/queue.ts";
import type { Store } from "./store/store.ts";

/**
 * Groups what happens in one turn of the event loop: one commit for all of it, then the
 * acknowledgements, then the queues that may have something for a waiting receiver. Nothing is
 * acknowledged before it is durable. Between turns it wakes the queues when their time comes.
 */
export class Turn {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #serve: (queue: Queue) => void;
  readonly #queues: Queue[] = [];
  readonly #active = new Set<Queue>();
  #callbacks: (() => void)[] = [];
  #ending: NodeJS.Immediate | undefined;
  #cancelAlarm: (() => void) | undefined;

  /** `serve` hands the messages of a queue to its receivers. */
  constructor(store: Store, clock: Clock, serve: (queue: Queue) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#serve = serve;
  }

  /** Watches over the times at which a queue has something to do by itself. */
  watch(queue: Queue): void {
    this.#queues.push(queue);
    this.#endSoon();
  }

  /** Calls back once everything written so far is durable. */
  afterCommit(callback: () => void): void {
    this.#callbacks.push(callback);
    this.#endSoon();
  }

  /** Serves a queue's receivers at the end of the turn. */
  serve(queue: Queue): void {
    this.#active.add(queue);
    this.#endSoon();
  }

  /** Does what is due in every queue by now; called when the clock was moved. */
  wake(): void {
    for (const queue of this.#queues) {
      queue.advance();
    }
    this.#end();
  }

  /** Commits, acknowledges and serves at once, and sets no alarm any more. */
  stop(): void {
    this.#end();
    this.#cancelAlarm?.();
    clearImmediate(this.#ending);
  }

  #endSoon(): void {
    this.#ending ??= setImmediate(() => this.#end());
  }

  /** Serving may write again (a message received and deleted), hence the loop. */
  #end(): void {
    clearImmediate(this.#ending);
    do {
      this.#store.commit();
      for (const callback of this.#callbacks.splice(0)) {
        callback();
      }
      const queues = [...this.#active];
      this.#active.clear();
      for (const queue of queues) {
        this.#serve(queue);
      }
    } while (this.#callbacks.length > 0 || this.#active.size > 0);
    this.#store.commit();
    this.#ending = undefined;
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#cancelAlarm?.();
    const nextDueAt = Math.min(...this.#queues.map((queue) => queue.nextDueAt ?? Infinity));
    this.#cancelAlarm =
      nextDueAt === Infinity ? undefined : this.#clock.callAt(nextDueAt, () => this.wake());
  }
}
