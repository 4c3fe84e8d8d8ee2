/** The ports of the doors: the list of requests, dead letters, and what comes and goes by tickets. */

import type { PrivacyRequest, State } from "../core/request.ts";
import type { Summarized, Summary } from "../core/summary.ts";
import type { TicketRejected } from "../core/ticket.ts";
import type { DeadLetter } from "../core/wire.ts";

/** A page of the list. */
export type SummaryPage = { readonly items: readonly Summary[]; readonly cursor: string | null };

/**
 * Which lines are wanted. With a `submitter`, only theirs, and with `orDeletions` every deletion too. `dueBefore` is
 * an instant, `workspace` a name as `workspaceKey` makes it.
 */
export type SummaryQuery = {
  readonly state?: State | undefined;
  readonly kind?: PrivacyRequest["kind"] | undefined;
  readonly submitter?: string | undefined;
  readonly orDeletions?: boolean | undefined;
  readonly externalId?: string | undefined;
  readonly dueBefore?: string | undefined;
  readonly workspace?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/** The list of requests by time, newest first; it can be rebuilt from the ledger. */
export interface RequestList {
  /** Writes the line of a request, over an older one. */
  put(request: Summarized): Promise<void>;
  /**
   * A page of at most `limit` lines. With a `workspace` it may have fewer, or none, and still a cursor. Throws
   * `validation-failed` for a cursor it did not make.
   */
  page(query: SummaryQuery): Promise<SummaryPage>;
}

/**
 * A message that is no pointer to a step: a ticket that is tried again or was rejected. `id` is derived from what it
 * is for, so that a second copy is dropped; `properties` go beside the body.
 */
export type Letter = {
  readonly queue: string;
  readonly id: string;
  readonly body: unknown;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly notBefore: string | null;
};

/** Sends what the ticketing door sends. Both throw `bus-unavailable`. */
export interface Post {
  /** Puts a letter into a queue, not before its time. */
  post(letter: Letter): Promise<void>;
  /** Tells subscribers that a ticket was rejected. */
  reject(event: TicketRejected): Promise<void>;
}

/**
 * Messages that the broker gave up delivering, by queue. `number` is the broker's own of the message. All methods
 * throw `bus-unavailable`, and `not-found` for a queue that is none of ours.
 */
export interface DeadLetterQueues {
  /** The oldest of each queue, at most `limit` of each; of one queue where it is named. */
  list(query: {
    readonly queue?: string | undefined;
    readonly limit: number;
  }): Promise<readonly DeadLetter[]>;
  /** Puts it back into its queue, once. Throws `not-found`. */
  replay(queue: string, number: string): Promise<void>;
  /** Throws it away. Throws `not-found`. */
  discard(queue: string, number: string): Promise<void>;
}
