import type { Clock } from "./clock.ts";
import type { Journal, QueueRecord } from "./journal.ts";
import type { Draft } from "./message.ts";

/** What a queue is configured with. */
export type QueueSettings = {
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  /** Infinite when messages live until somebody takes them. */
  readonly defaultTimeToLiveMs: number;
  readonly deadLettersOnExpiration: boolean;
  /** Absent when duplicates are accepted. */
  readonly duplicateWindowMs?: number | undefined;
  /** How much the queue and its dead letters may hold before sends are refused; absent: any. */
  readonly maxSizeBytes?: number | undefined;
};

/** What a queue needs from outside. */
export type QueueEnvironment = {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly record: QueueRecord;
  /** Takes the messages that this queue gives up. Absent for a dead-letter queue itself. */
  readonly deadLetter?: ((draft: Draft) => void) | undefined;
  /** Takes every message at the moment it would become active. Present for a topic. */
  readonly forward?: ((draft: Draft) => void) | undefined;
  /** What counts towards the size of this queue but is held by others. */
  readonly sizeElsewhereBytes?: (() => number) | undefined;
  /** Told when a message became active, so that waiting receivers can be served. */
  readonly onActive?: (() => void) | undefined;
};
