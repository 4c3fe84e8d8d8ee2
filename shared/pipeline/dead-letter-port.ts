import type { Message } from "../core/messages.ts";

/** The port to what the broker gave up on. */

/**
 * A message that was delivered too often and that nobody completed. It is locked for us for a while: `drop` removes
 * it, `keep` leaves it where it is. Both are no error when the lock is over by then.
 */
export type DeadLetter = {
  readonly message: Message;
  drop(): Promise<void>;
  keep(): Promise<void>;
};

/**
 * The dead letters of the internal queues. Only messages that were dead-lettered as `MaxDeliveryCountExceeded` and
 * that are pointers of ours are given out; all others stay for a person to look at. Throws `bus-unavailable`.
 */
export interface DeadLetters {
  /** Up to so many of each queue, each to one caller at a time. */
  take(limit: number): Promise<readonly DeadLetter[]>;
}
