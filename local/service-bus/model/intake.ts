import { BrokerError } from "./broker-error.ts";
import { DuplicateWindow } from "./duplicate-window.ts";
import {
  ACTIVE,
  contentBytes,
  type Draft,
  type Message,
  newMessage,
  type RestingState,
} from "./message.ts";
import type { MessageSet } from "./message-set.ts";
import type { QueueEnvironment, QueueSettings } from "./queue-settings.ts";

/** How messages enter a queue: numbered, without duplicates, at once or when their time comes. */
export class Intake {
  readonly #name: string;
  readonly #settings: QueueSettings;
  readonly #environment: QueueEnvironment;
  readonly #messages: MessageSet;
  readonly #duplicates: DuplicateWindow | undefined;
  #lastSequenceNumber: number;

  constructor(
    name: string,
    settings: QueueSettings,
    environment: QueueEnvironment,
    messages: MessageSet,
  ) {
    const { journal, record } = environment;
    const { duplicateWindowMs } = settings;
    this.#name = name;
    this.#settings = settings;
    this.#environment = environment;
    this.#messages = messages;
    this.#lastSequenceNumber = record.lastSequenceNumber;
    this.#duplicates =
      duplicateWindowMs === undefined
        ? undefined
        : new DuplicateWindow(duplicateWindowMs, journal, record.recentIds);
  }

  /** What the content of the messages takes up, here and where else it counts for this queue. */
  get occupiedBytes(): number {
    return this.#messages.contentBytes + (this.#environment.sizeElsewhereBytes?.() ?? 0);
  }

  /** Accepts messages in order; returns their numbers. A duplicate gets one too and is dropped. */
  send(drafts: readonly Draft[]): number[] {
    this.#keepWithinQuota(drafts);
    const now = this.#environment.clock.now();
    return drafts.map((draft) =>
      this.#duplicates?.admit(draft.messageId, now) === false
        ? this.#nextSequenceNumber()
        : this.accept(draft),
    );
  }

  /** Accepts one message without looking for duplicates; returns its sequence number. */
  accept(draft: Draft): number {
    const { scheduledAt } = draft;
    const sequenceNumber = this.#nextSequenceNumber();
    if (scheduledAt !== undefined && scheduledAt > this.#environment.clock.now()) {
      this.#insert(draft, sequenceNumber, { kind: "scheduled", dueAt: scheduledAt });
    } else {
      this.#enter(draft, sequenceNumber);
    }
    return sequenceNumber;
  }

  /** Lets a scheduled message in, under a new number; the caller removed it under its old one. */
  activate(message: Message): void {
    const draft = { ...message, enqueuedSequenceNumber: message.sequenceNumber };
    this.#enter(draft, this.#nextSequenceNumber());
  }

  #keepWithinQuota(drafts: readonly Draft[]): void {
    const { maxSizeBytes = Infinity } = this.#settings;
    const addedBytes = drafts.reduce((sum, draft) => sum + contentBytes(draft.content), 0);
    if (this.occupiedBytes + addedBytes > maxSizeBytes) {
      const sentence = `${this.#name} has reached its maximum size of ${maxSizeBytes} bytes.`;
      throw new BrokerError("quota-exceeded", sentence);
    }
  }

  #enter(draft: Draft, sequenceNumber: number): void {
    const { forward, onActive } = this.#environment;
    if (forward === undefined) {
      this.#insert(draft, sequenceNumber, ACTIVE);
      onActive?.();
    } else {
      const enqueuedSequenceNumber = draft.enqueuedSequenceNumber ?? sequenceNumber;
      forward({ ...draft, scheduledAt: undefined, enqueuedSequenceNumber });
    }
  }

  #insert(draft: Draft, sequenceNumber: number, state: RestingState): void {
    const { clock, journal } = this.#environment;
    const { defaultTimeToLiveMs } = this.#settings;
    const message = newMessage(draft, sequenceNumber, clock.now(), defaultTimeToLiveMs, state);
    this.#messages.add(message);
    message.content = journal.insert(message);
  }

  #nextSequenceNumber(): number {
    this.#lastSequenceNumber += 1;
    this.#environment.journal.setLastSequenceNumber(this.#lastSequenceNumber);
    return this.#lastSequenceNumber;
  }
}
