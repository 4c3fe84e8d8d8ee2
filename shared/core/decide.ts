import { AppError } from "../errors.ts";
import type { Command, CommandKind, CommandOf } from "./command.ts";
import { firstDeadline } from "./deadline.ts";
import { type PrivacyEvent, stateEvent } from "./events.ts";
import { PURGE_WAIT_MS } from "./expiry.ts";
import type { Outgoing } from "./messages.ts";
import { receiptMessage } from "./receipt-step.ts";
import { isFinal, type PrivacyRequest } from "./request.ts";
import type { Move } from "./rules.ts";
import type { Scope } from "./scope.ts";
import { cellOf } from "./state-table.ts";
import type { Calendar, Law } from "./statutory-clock.ts";
import { addMs } from "./time.ts";

/** What a command comes to: the request as it is then, and what has to be sent and told. */
export type Decision = {
  readonly request: PrivacyRequest;
  readonly send: readonly Outgoing[];
  readonly events: readonly PrivacyEvent[];
};

/** What is known of a request when it comes in. */
export type Submission = {
  readonly requestId: string;
  readonly kind: "export" | "delete";
  readonly exportFirst: boolean;
  readonly retryOf: string | null;
  readonly scope: Scope;
  readonly submitter: string;
  readonly requestedBy: string | null;
  readonly approvalsNeeded: 1 | 2;
  readonly source: string;
  readonly externalId: string | null;
  readonly bodyHash: string;
  readonly law: Law;
  readonly traceParent: string | null;
};

/** The decision that begins a request: accepted, due by the law that it falls under, and planning owed. */
export function accept(submission: Submission, at: string, calendar: Calendar): Decision {
  const request: PrivacyRequest = {
    ...submission,
    ...firstDeadline(submission.law, at, calendar),
    state: "accepted",
    blockedFrom: null,
    hold: "none",
    holdEffectiveAt: null,
    awaitingIdentity: false,
    identity: null,
    generation: 0,
    plan: null,
    approvals: [],
    notes: [],
    deletesAt: null,
    phase: 0,
    cursor: "",
    attempt: 1,
    tries: 0,
    sequence: 1,
    seal: null,
    zip: null,
    exportedGeneration: 0,
    verifiedFiles: 0,
    looks: 0,
    result: null,
    secondLookAt: null,
    returned: null,
    failure: null,
    submittedAt: at,
    updatedAt: at,
    wakeAt: null,
    lookAt: null,
    sealedAt: null,
    finishedAt: null,
    purgeAt: null,
    purgedAt: null,
    receiptAt: null,
    tidyAt: null,
    purgingUntil: null,
    erasedAt: null,
    historyCount: 0,
    auditHead: "",
  };
  const message = { requestId: submission.requestId, step: "plan", slice: "", attempt: 1 } as const;
  return { request, send: [{ message, notBefore: null }], events: [stateEvent(request, at)] };
}

/**
 * The state machine. A command that is a duplicate, or out of date, decides nothing: the same request comes
 * back and nothing is sent. Throws `state-conflict` for what a person may not ask in this state, and
 * `forbidden` or `plan-stale` for an approval that does not hold.
 */
export function decide(request: PrivacyRequest, command: Command, at: string): Decision {
  const move = moveOf(request, command, at);
  if (move === "same") return { request, send: [], events: [] };
  return apply(withNote(request, command), move, at);
}

/** What a person wrote stays in the row, beside the number of the history entry that has its digest. */
function withNote(request: PrivacyRequest, command: Command): PrivacyRequest {
  if (!("note" in command) || command.note === undefined) return request;
  const note = { ...command.note, number: request.historyCount + 1 };
  return { ...request, notes: [...request.notes, note] };
}

function moveOf<K extends CommandKind>(
  request: PrivacyRequest,
  command: Command & CommandOf<K>,
  at: string,
): Move {
  const cell = cellOf<K>(request.state, command.kind);
  if (cell === "same") return "same";
  if (cell === "deny") {
    throw new AppError(
      "state-conflict",
      `A request that is ${request.state} cannot take the command "${command.kind}"`,
    );
  }
  return cell(request, command, at);
}

function apply(request: PrivacyRequest, move: Exclude<Move, "same">, at: string): Decision {
  const state = move.to ?? request.state;
  const steps = move.steps ?? [];
  const told = [state === request.state ? [] : state, move.tell ?? []].flat();
  const changed: PrivacyRequest = {
    ...request,
    wakeAt: null,
    ...(state === request.state ? {} : { tries: 0 }),
    ...move.set,
    state,
    attempt: request.attempt + steps.length,
    sequence: request.sequence + told.length,
    finishedAt: isFinal(state) ? (request.finishedAt ?? at) : null,
    updatedAt: at,
    ...(isFinal(state) && !isFinal(request.state) ? atTheEnd(move.set?.purgeAt ?? at) : {}),
  };
  const send = steps.map(
    (step, index): Outgoing => ({
      message: {
        requestId: request.requestId,
        step: step.step,
        slice: "",
        attempt: request.attempt + 1 + index,
      },
      notBefore: step.notBefore ?? null,
    }),
  );
  const hasEnded = isFinal(state) && !isFinal(request.state);
  const receipt = hasEnded ? [receiptMessage(request.requestId)] : [];
  return {
    request: changed,
    send: [...(move.slices ?? []), ...send, ...receipt],
    events: told.map((each, index) => {
      const sequence = request.sequence + 1 + index;
      return stateEvent({ ...changed, sequence }, at, each, move.manualSteps);
    }),
  };
}

/** Nobody is warned of a date any more; the package is looked for once its time is over. */
function atTheEnd(purgeAt: string): Pick<PrivacyRequest, "warnAt" | "tidyAt"> {
  return { warnAt: null, tidyAt: addMs(purgeAt, PURGE_WAIT_MS) };
}
