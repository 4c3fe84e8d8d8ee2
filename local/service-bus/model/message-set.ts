import { Heap } from "./heap.ts";
import type { LockedState, Message, RestingState } from "./message.ts";

type Deadline = { readonly at: number; readonly sequenceNumber: number };

/**
 * The messages of one queue by sequence number, with the active ones in order and every moment at
 * which something happens to one by itself. Both heaps may hold entries that time has passed by;
 * they are recognised by the message's state when they surface.
 */
export class MessageSet {
  readonly #messages = new Map<number, Message>();
  readonly #active = new Heap<number>((a, b) => a - b);
  readonly #deadlines = new Heap<Deadline>(
    (a, b) => a.at - b.at || a.sequenceNumber - b.sequenceNumber,
  );

  #contentBytes = 0;

  /** Takes messages in order of sequence number. */
  constructor(messages: readonly Message[]) {
    for (const message of messages) {
      this.add(message);
    }
  }

  /** What the content of the messages takes up. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /** The earliest moment at which `takeDue` may return a message. */
  get nextDueAt(): number | undefined {
    return this.#deadlines.peek()?.at;
  }

  /** Adds a message whose sequence number is higher than that of every message before. */
  add(message: Message): void {
    this.#messages.set(message.sequenceNumber, message);
    this.#contentBytes += message.sizeBytes;
    this.#index(message);
  }

  delete(message: Message): void {
    this.#messages.delete(message.sequenceNumber);
    this.#contentBytes -= message.sizeBytes;
  }

  /** The message of that number, if it rests in that state. */
  resting(sequenceNumber: number, kind: RestingState["kind"]): Message | undefined {
    const message = this.#messages.get(sequenceNumber);
    return message?.state.kind === kind ? message : undefined;
  }

  setState(message: Message, state: RestingState | LockedState): void {
    message.state = state;
    this.#index(message);
  }

  /** The active message with the lowest number. The caller locks or deletes it. */
  takeActive(): Message | undefined {
    for (;;) {
      const sequenceNumber = this.#active.pop();
      if (sequenceNumber === undefined) {
        return undefined;
      }
      const message = this.#messages.get(sequenceNumber);
      if (message?.state.kind === "active") {
        return message;
      }
    }
  }

  /** A message whose time has come at `now`. The caller deletes it or gives it another state. */
  takeDue(now: number): Message | undefined {
    for (;;) {
      const deadline = this.#deadlines.peek();
      if (deadline === undefined || deadline.at > now) {
        return undefined;
      }
      this.#deadlines.pop();
      const message = this.#messages.get(deadline.sequenceNumber);
      if (message !== undefined && dueAt(message) === deadline.at) {
        return message;
      }
    }
  }

  /** Up to `count` messages in order, from a sequence number on. */
  from(sequenceNumber: number, count: number): Message[] {
    return this.#messages
      .values()
      .filter((message) => message.sequenceNumber >= sequenceNumber)
      .take(count)
      .toArray();
  }

  #index(message: Message): void {
    if (message.state.kind === "active") {
      this.#active.push(message.sequenceNumber);
      this.#dropPassedActive();
    }
    const at = dueAt(message);
    if (at !== Infinity) {
      this.#deadlines.push({ at, sequenceNumber: message.sequenceNumber });
      this.#dropPassedDeadlines();
    }
  }

  /** Keeps the heap in proportion to the messages: one that expires leaves its number behind. */
  #dropPassedActive(): void {
    if (this.#active.size > 2 * this.#messages.size + 64) {
      const active = this.#messages.values().filter(({ state }) => state.kind === "active");
      this.#active.replace(active.map(({ sequenceNumber }) => sequenceNumber).toArray());
    }
  }

  /** Keeps the heap in proportion to the messages: a completed one leaves its expiry behind. */
  #dropPassedDeadlines(): void {
    if (this.#deadlines.size <= 2 * this.#messages.size + 64) {
      return;
    }
    const deadlines = this.#messages
      .values()
      .map((message) => ({ at: dueAt(message), sequenceNumber: message.sequenceNumber }))
      .filter(({ at }) => at !== Infinity);
    this.#deadlines.replace(deadlines.toArray());
  }
}

function dueAt(message: Message): number {
  switch (message.state.kind) {
    case "locked":
      return message.state.lockedUntil;
    case "scheduled":
      return message.state.dueAt;
    case "active":
    case "deferred":
      return message.expiresAt;
  }
}
