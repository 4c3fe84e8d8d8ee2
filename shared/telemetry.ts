/**
 * What the application tells about itself: one function per business event, typed fields only. Personal
 * data, tokens, keys and links have no field to go into.
 */

/** Where the lines go: one JSON object each. */
export interface Telemetry {
  /** A request moved to another state. */
  stateChanged(fields: { requestId: string; from: string; to: string; command: string }): void;
  /** Messages are owed but could not be sent now; the reconciler sends them. */
  sendDeferred(fields: { requestId: string; code: string }): void;
  /** A step failed and is tried again. */
  stepDelayed(fields: {
    requestId: string;
    step: string;
    slice: string;
    code: string;
    waitMs: number;
  }): void;
  /** A step ended for good without success. */
  stepFailed(fields: { requestId: string; step: string; slice: string; code: string }): void;
  /** A step could not even record its failure; the broker delivers its message again. */
  stepThrown(fields: {
    requestId: string;
    step: string;
    slice: string;
    code: string;
    error: string | null;
  }): void;
  /** A message was out of date: the ledger has moved on. */
  messageStale(fields: { requestId: string; step: string; slice: string; attempt: number }): void;
  /** A slice was settled. */
  sliceSettled(fields: {
    requestId: string;
    slice: string;
    files: number;
    bytes: number;
    failed: number;
  }): void;
  /** A request could not be looked at; it stays due. */
  lookFailed(fields: { requestId: string; code: string; error: string | null }): void;
  /** A free or guest workspace was registered, or its token replaced. */
  workspaceRegistered(fields: { workspaceId: string; accountType: string; isNew: boolean }): void;
  /** The registration of a workspace was removed. */
  workspaceRemoved(fields: { workspaceId: string }): void;
  /** The workspaces were searched for a person, who is told by a keyed pseudonym. */
  subjectSearched(fields: {
    requestId: string;
    subject: string;
    workspaces: number;
    unreachable: number;
  }): void;
  /** A ticket could not be taken now; a copy of it waits. */
  ticketDelayed(fields: { source: string; code: string; waitMs: number }): void;
  /** A ticket cannot be taken; its system is told by an event. */
  ticketRejected(fields: { source: string; code: string }): void;
  /** An Operator put a dead letter back into its queue. */
  deadLetterReplayed(fields: { queue: string; number: string }): void;
  /** An Operator threw a dead letter away. */
  deadLetterDiscarded(fields: { queue: string; number: string }): void;
  /** A guest workspace that has ended could not be forgotten, nor its token purged; the next run tries again. */
  forgetFailed(fields: { workspaceId: string; code: string; error: string | null }): void;
  /** An Operator stopped all deletions, let them go on, or capped them. */
  deletionsControlled(fields: { stopped: boolean; hourlyCap: number | null }): void;
  /** A timer ran later than it was meant to. */
  timerLate(fields: { timer: string }): void;
  /** An HTTP call was answered with a status of 500 or above; `traceId` is in the answer too. */
  callFailed(fields: { route: string; code: string; traceId: string; error: string | null }): void;
  /**
   * What is waiting, over all open requests: messages and events owed; by how much the most overdue look and the most
   * overdue purge are late; and days until the first deadline (negative when it has passed, null without any), and whose it is.
   */
  backlogMeasured(fields: {
    open: number;
    owed: number;
    lookLagMs: number;
    purgeLagMs: number;
    daysToDeadline: number | null;
    firstDueRequestId: string | null;
  }): void;
  /** How many open requests are in a state, which is the oldest, and how long that has been open. */
  stateMeasured(fields: {
    state: string;
    open: number;
    oldestAgeMs: number;
    oldestRequestId: string | null;
  }): void;
}

/**
 * What kind of error a failure was caused by, null when it has no cause. The error's text may hold anything
 * and stays out of telemetry.
 */
export function errorName(error: unknown): string | null {
  if (error === undefined) return null;
  return error instanceof Error ? error.name : typeof error;
}

/** What an event may hold. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** Telemetry that writes each event as one line of JSON. */
export function lineTelemetry(write: (line: string) => void, now: () => string): Telemetry {
  return telemetryTo((event, fields) => write(JSON.stringify({ at: now(), event, ...fields })));
}

/** Telemetry that tells each event by its name. */
export function telemetryTo(tell: (event: string, fields: Fields) => void): Telemetry {
  const event = (name: string) => (fields: Fields) => tell(name, fields);
  return {
    stateChanged: event("state-changed"),
    sendDeferred: event("send-deferred"),
    stepDelayed: event("step-delayed"),
    stepFailed: event("step-failed"),
    stepThrown: event("step-thrown"),
    messageStale: event("message-stale"),
    sliceSettled: event("slice-settled"),
    lookFailed: event("look-failed"),
    workspaceRegistered: event("workspace-registered"),
    workspaceRemoved: event("workspace-removed"),
    subjectSearched: event("subject-searched"),
    ticketDelayed: event("ticket-delayed"),
    ticketRejected: event("ticket-rejected"),
    deadLetterReplayed: event("dead-letter-replayed"),
    deadLetterDiscarded: event("dead-letter-discarded"),
    forgetFailed: event("forget-failed"),
    deletionsControlled: event("deletions-controlled"),
    timerLate: event("timer-late"),
    callFailed: event("call-failed"),
    backlogMeasured: event("backlog-measured"),
    stateMeasured: event("state-measured"),
  };
}
