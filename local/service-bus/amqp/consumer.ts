import { randomUUID } from "node:crypto";
import type { Sender } from "rhea";
import type { Message } from "../model/message.ts";
import type { Queue } from "../model/queue.ts";
import type { Turn } from "../turn.ts";
import { toGuidBytes } from "../wire/guid.ts";
import { encodeMessage } from "../wire/outgoing-message.ts";
import type { DeliverySession } from "./delivery-session.ts";
import type { Outcome } from "./outcome.ts";
import { answerDrain, creditOf, isDraining } from "./rhea-internals.ts";

/** `snd-settle-mode` of a receiver that takes messages without a lock. */
const SETTLED = 1;

/** A client's receiver on a queue: takes messages as its credit allows and settles them. */
export class Consumer {
  readonly queue: Queue;
  readonly #link: Sender;
  readonly #session: DeliverySession;
  readonly #turn: Turn;
  /** Messages taken from the queue whose removal is not durable yet. */
  #takenCount = 0;

  constructor(link: Sender, session: DeliverySession, queue: Queue, turn: Turn) {
    this.queue = queue;
    this.#link = link;
    this.#session = session;
    this.#turn = turn;
  }

  /** Whether a message can be delivered now: one that a closed link took would be lost. */
  get hasCapacity(): boolean {
    const queuedCount = this.#takenCount + this.#session.waitingCount;
    return (
      this.#link.is_open() &&
      creditOf(this.#link) > queuedCount &&
      this.#session.freeSlots > this.#takenCount
    );
  }

  /** Delivers the next message; returns false when there is none. */
  deliverNext(): boolean {
    return this.#link.snd_settle_mode === SETTLED ? this.#takeNext() : this.#lockNext();
  }

  /** Writes what waited for the peer's window. */
  flush(): void {
    this.#session.flush();
  }

  /** Answers a drain, if one is asked for, after everything delivered so far. */
  answerDrain(): void {
    if (isDraining(this.#link)) {
      this.#turn.afterCommit(() => {
        if (this.#link.is_open() && this.#session.waitingCount === 0) {
          answerDrain(this.#link);
        }
      });
    }
  }

  #lockNext(): boolean {
    const message = this.queue.lockNext();
    if (message === undefined) {
      return false;
    }
    const { lockToken } = message.state;
    this.#session.send(
      this.#link,
      encodeMessage(message),
      toGuidBytes(lockToken),
      (outcome, settled) => {
        settle(this.queue, lockToken, outcome);
        this.#turn.afterCommit(settled);
      },
    );
    return true;
  }

  #takeNext(): boolean {
    const message = this.queue.takeNext();
    if (message === undefined) {
      return false;
    }
    this.#takenCount += 1;
    this.#turn.afterCommit(() => this.#sendTaken(message));
    return true;
  }

  #sendTaken(message: Message): void {
    this.#takenCount -= 1;
    this.#session.send(this.#link, encodeMessage(message), toGuidBytes(randomUUID()));
  }
}

/** Applies an outcome to a locked message; throws `message-lock-lost` when the lock ended. */
function settle(queue: Queue, lockToken: string, outcome: Outcome): void {
  switch (outcome.kind) {
    case "accepted":
      queue.complete(lockToken);
      break;
    case "released":
      queue.release(lockToken);
      break;
    case "modified":
      if (outcome.isUndeliverableHere) {
        queue.defer(lockToken, outcome.changes);
      } else {
        queue.abandon(lockToken, outcome.changes);
      }
      break;
    case "rejected":
      queue.deadLetter(lockToken, outcome);
      break;
  }
}
