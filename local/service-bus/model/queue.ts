import { randomUUID } from "node:crypto";
import { BrokerError } from "./broker-error.ts";
import {
  type DeadLetterReason,
  deadLetterDraft,
  EXPIRED,
  maxDeliveryCountExceeded,
} from "./dead-letter.ts";
import { Intake } from "./intake.ts";
import {
  type Draft,
  type LockedMessage,
  type LockedState,
  type Message,
  type PropertyChanges,
  type RestingState,
  withContent,
} from "./message.ts";
import { MessageSet } from "./message-set.ts";
import type { QueueEnvironment, QueueSettings } from "./queue-settings.ts";

/**
 * One queue, subscription or dead-letter queue in memory: order, locks, delivery counts, expiry,
 * schedule and duplicates, as https://learn.microsoft.com/azure/service-bus-messaging describes
 * them. It knows time from its clock only and does nothing by itself: whoever owns it calls
 * `advance` at `nextDueAt`. Settling with a token whose lock is gone throws `message-lock-lost`.
 */
export class Queue {
  readonly name: string;
  readonly #settings: QueueSettings;
  readonly #environment: QueueEnvironment;
  readonly #messages: MessageSet;
  readonly #locked = new Map<string, Message>();
  readonly #intake: Intake;

  constructor(name: string, settings: QueueSettings, environment: QueueEnvironment) {
    this.name = name;
    this.#settings = settings;
    this.#environment = environment;
    this.#messages = new MessageSet(environment.record.messages);
    this.#intake = new Intake(name, settings, environment, this.#messages);
  }

  /** When the queue next has something to do by itself. */
  get nextDueAt(): number | undefined {
    return this.#messages.nextDueAt;
  }

  /** What the content of the messages takes up, here and where else it counts for this queue. */
  get occupiedBytes(): number {
    return this.#intake.occupiedBytes;
  }

  /**
   * Accepts messages in order; returns their numbers. A duplicate gets one too and is dropped.
   * Throws `quota-exceeded`, and accepts none, when there is no room for all of them.
   */
  send(drafts: readonly Draft[]): number[] {
    return this.#intake.send(drafts);
  }

  /** Accepts one message without looking for duplicates; returns its sequence number. */
  accept(draft: Draft): number {
    return this.#intake.accept(draft);
  }

  /** Locks the first active message for the lock duration. */
  lockNext(): LockedMessage | undefined {
    this.advance();
    const message = this.#messages.takeActive();
    return message === undefined ? undefined : this.#lock(message, { kind: "active" });
  }

  /** Removes and returns the first active message. */
  takeNext(): Message | undefined {
    this.advance();
    const message = this.#messages.takeActive();
    return message === undefined ? undefined : this.#take(message);
  }

  /** Locks deferred messages; throws `message-not-found` when one of them is not there. */
  lockDeferred(sequenceNumbers: readonly number[]): LockedMessage[] {
    const found = this.#findAll(sequenceNumbers, "deferred");
    return found.map((message) => this.#lock(message, { kind: "deferred" }));
  }

  /** Removes and returns deferred messages; throws `message-not-found` when one is not there. */
  takeDeferred(sequenceNumbers: readonly number[]): Message[] {
    return this.#takeAll(sequenceNumbers, "deferred");
  }

  /** Up to `count` messages in any state from a sequence number on; none of them is locked. */
  peek(fromSequenceNumber: number, count: number): Message[] {
    this.advance();
    return this.#messages.from(fromSequenceNumber, count);
  }

  complete(lockToken: string): void {
    this.#remove(this.#unlock(lockToken).message);
  }

  /** Gives the message back as a failed delivery. */
  abandon(lockToken: string, changes?: PropertyChanges): void {
    const { message, state } = this.#unlock(lockToken, changes);
    this.#countFailure(message, state);
  }

  /** Gives the message back without counting the delivery. */
  release(lockToken: string): void {
    const { message, state } = this.#unlock(lockToken);
    this.#rest(message, state.from);
  }

  /** Sets the message aside: from now on it is received by its sequence number only. */
  defer(lockToken: string, changes?: PropertyChanges): void {
    const { message } = this.#unlock(lockToken, changes);
    this.#rest(message, { kind: "deferred" });
  }

  /** Throws `not-allowed` when the message is in a dead-letter queue already. */
  deadLetter(lockToken: string, reason: DeadLetterReason): void {
    if (this.#environment.deadLetter === undefined) {
      throw new BrokerError("not-allowed", `${this.name} has no dead-letter queue.`);
    }
    this.#giveUp(this.#unlock(lockToken).message, reason);
  }

  /** Starts the lock duration anew; returns the time the lock ends. */
  renewLock(lockToken: string): number {
    const { message, state } = this.#held(lockToken);
    return this.#lock(message, state.from, lockToken).state.lockedUntil;
  }

  /** Removes scheduled messages; throws `message-not-found` when one is not scheduled any more. */
  cancelScheduled(sequenceNumbers: readonly number[]): void {
    this.#takeAll(sequenceNumbers, "scheduled");
  }

  /** Does what is due: ends locks, activates scheduled messages, drops or gives up expired ones. */
  advance(): void {
    const now = this.#now();
    for (let due = this.#messages.takeDue(now); due; due = this.#messages.takeDue(now)) {
      this.#settleDue(due);
    }
  }

  #settleDue(message: Message): void {
    const { state } = message;
    switch (state.kind) {
      case "locked":
        this.#locked.delete(state.lockToken);
        this.#countFailure(message, state);
        break;
      case "scheduled":
        this.#intake.activate(this.#take(message));
        break;
      case "active":
      case "deferred":
        this.#expire(message);
        break;
    }
  }

  #remove(message: Message): void {
    this.#messages.delete(message);
    this.#environment.journal.remove(message.sequenceNumber);
  }

  /** Removes a message that goes on elsewhere. */
  #take(message: Message): Message {
    const taken = withContent(message);
    this.#remove(message);
    return taken;
  }

  #lock(message: Message, from: LockedState["from"], lockToken: string = randomUUID()) {
    const lockedUntil = this.#now() + this.#settings.lockDurationMs;
    const state: LockedState = { kind: "locked", lockToken, lockedUntil, from };
    this.#messages.setState(message, state);
    this.#locked.set(lockToken, message);
    return Object.assign(message, { state });
  }

  #held(lockToken: string): { message: Message; state: LockedState } {
    this.advance();
    const message = this.#locked.get(lockToken);
    if (message?.state.kind !== "locked") {
      throw new BrokerError("message-lock-lost", "The lock supplied is invalid: it has expired.");
    }
    return { message, state: message.state };
  }

  #unlock(lockToken: string, changes?: PropertyChanges) {
    const held = this.#held(lockToken);
    this.#locked.delete(lockToken);
    held.message.changes = changes ? { ...held.message.changes, ...changes } : held.message.changes;
    return held;
  }

  #rest(message: Message, state: RestingState): void {
    this.#messages.setState(message, state);
    this.#environment.journal.update(message);
    if (state.kind === "active") {
      this.#environment.onActive?.();
    }
  }

  #countFailure(message: Message, state: LockedState): void {
    message.deliveryCount += 1;
    if (message.deliveryCount < this.#settings.maxDeliveryCount) {
      this.#rest(message, state.from);
      return;
    }
    this.#giveUp(message, maxDeliveryCountExceeded(message.deliveryCount));
  }

  #expire(message: Message): void {
    if (this.#settings.deadLettersOnExpiration) {
      this.#giveUp(message, EXPIRED);
    } else {
      this.#remove(message);
    }
  }

  #giveUp(message: Message, reason: DeadLetterReason): void {
    const draft = deadLetterDraft(this.#take(message), this.name, reason);
    this.#environment.deadLetter?.(draft);
  }

  #takeAll(sequenceNumbers: readonly number[], kind: RestingState["kind"]): Message[] {
    return this.#findAll(sequenceNumbers, kind).map((message) => this.#take(message));
  }

  #findAll(sequenceNumbers: readonly number[], kind: RestingState["kind"]): Message[] {
    this.advance();
    return [...new Set(sequenceNumbers)].map((sequenceNumber) => {
      const message = this.#messages.resting(sequenceNumber, kind);
      if (message !== undefined) {
        return message;
      }
      const sentence = `${this.name} has no ${kind} message with sequence number ${sequenceNumber}.`;
      throw new BrokerError("message-not-found", sentence);
    });
  }

  #now(): number {
    return this.#environment.clock.now();
  }
}
