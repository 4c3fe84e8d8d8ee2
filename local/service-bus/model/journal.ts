import type { Content, Message } from "./message.ts";
import type { RuleChange } from "./rules.ts";

/**
 * Where one queue writes what must survive a restart. Locks are not written: a locked message is on
 * record as the state it falls back to, so that a restart invalidates every lock token.
 */
export interface Journal {
  /** Returns the content to keep in its place: one that may be read from the record when needed. */
  insert(message: Message): Content;
  /** Records a changed state, delivery count or property change of a message inserted before. */
  update(message: Message): void;
  remove(sequenceNumber: number): void;
  setLastSequenceNumber(sequenceNumber: number): void;
  /** Records a message id of duplicate detection, to be forgotten at `until`. */
  rememberId(messageId: string, until: number): void;
  /** Forgets the ids whose time is up at `now`. */
  forgetIds(now: number): void;
  /** Records what became of one rule of a subscription; the last word about a name counts. */
  changeRule(change: RuleChange): void;
}

/** What a queue finds in its journal when it starts. Messages are in order of sequence number. */
export type QueueRecord = {
  readonly messages: readonly Message[];
  readonly lastSequenceNumber: number;
  /** Message id and the time to forget it, oldest first. */
  readonly recentIds: readonly (readonly [messageId: string, until: number])[];
};

/** The record of a queue that never held anything. */
export const emptyRecord: QueueRecord = { messages: [], lastSequenceNumber: 0, recentIds: [] };
