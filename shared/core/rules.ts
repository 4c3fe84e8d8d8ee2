import { AppError } from "../errors.ts";
import type { Outgoing, Step } from "./messages.ts";
import type { CommandKind, CommandOf, PrivacyRequest, State } from "./request.ts";
import { EXPORT_PHASE } from "./slice.ts";
import { firstZip, zipMessage } from "./zip-step.ts";

/** What happens in the cells of the state table that need more than a word. */

/**
 * What a rule asks for: another state, other fields, steps of the request to send (each gets the next
 * attempt), messages with attempts of their own (for slices, for the zip); or nothing. `wakeAt` is null after every move that does not set it.
 */
export type Move =
  | "same"
  | {
      readonly to?: State;
      readonly set?: Partial<PrivacyRequest>;
      readonly steps?: readonly { readonly step: Step; readonly notBefore?: string | null }[];
      readonly slices?: readonly Outgoing[];
    };

/** A rule of the table. */
export type Rule<K extends CommandKind> = (
  request: PrivacyRequest,
  command: CommandOf<K>,
  at: string,
) => Move;

/** Whether the running phase exports: always for an export, and before the seal of an export-first delete. */
export function isExporting(request: PrivacyRequest): boolean {
  return request.kind === "export" || (request.exportFirst && request.sealedAt === null);
}

/** Each plan is a new generation, so that a planner that was given up cannot finish over a later one. */
export const plan: Rule<"plan"> = (request) => ({
  to: "planning",
  set: { generation: request.generation + 1, failure: null },
});

/**
 * A plan of an earlier generation is passed over. An export without slices goes straight to its seal; a deletion
 * waits for approval.
 */
export const planned: Rule<"planned"> = (request, command) => {
  if (command.plan.generation !== request.generation) return "same";
  const set = { plan: command.plan, phase: EXPORT_PHASE, cursor: "" };
  if (!isExporting(request)) return { to: "awaiting-approval", set };
  return command.plan.sliceCount === 0
    ? { to: "sealing", set, steps: [{ step: "seal" }] }
    : { to: "running", set, steps: [{ step: "start" }] };
};

/** An approval names the plan it read, and comes from somebody else than the submitter. */
export const approve: Rule<"approve"> = (request, command, at) => {
  if (command.approver === request.submitter) {
    throw new AppError("forbidden", "Nobody can approve a request of their own");
  }
  if (command.planHash !== request.plan?.planHash) {
    throw new AppError("plan-stale", "The plan has changed since it was read");
  }
  const { approver, planHash } = command;
  return {
    to: "scheduled",
    set: { approvals: [...request.approvals, { approver, at, planHash }], wakeAt: command.startAt },
    steps: [{ step: "start", notBefore: command.startAt }],
  };
};

/** A start before `wakeAt` does nothing: the time until then is the last chance to stop a deletion. */
export const begin: Rule<"start"> = (request, command, at) =>
  request.wakeAt !== null && request.wakeAt > at
    ? "same"
    : { to: "running", ...fanOut(request, command) };

/** The cursor moves on from where it is, never back: another stretch was sent already. */
export const goOn: Rule<"start"> = (request, command) => {
  const isNext = command.phase === request.phase && command.from === request.cursor;
  return isNext && command.to > command.from ? fanOut(request, command) : "same";
};

/**
 * Ends the present phase of the present generation, once; the last leads to the seal, or to the check that
 * all is gone.
 */
export const settle: Rule<"settle"> = (request, command) => {
  if (command.generation !== request.generation || command.phase !== request.phase) return "same";
  const exporting = isExporting(request);
  const isLastPhase = request.phase >= (exporting ? EXPORT_PHASE : (request.plan?.phases ?? 0));
  if (!isLastPhase) {
    return { set: { phase: request.phase + 1, cursor: "" }, steps: [{ step: "start" }] };
  }
  return exporting
    ? { to: "sealing", steps: [{ step: "seal" }] }
    : { to: "verifying", steps: [{ step: "verify" }] };
};

/** A blocked request looks again at `wakeAt`; asked again, it only moves that instant. */
export const block: Rule<"block"> = (request, command) => {
  if (command.attempt !== request.attempt) return "same";
  const blockedFrom = request.state === "blocked" ? request.blockedFrom : request.state;
  const { failure, wakeAt } = command;
  return { to: "blocked", set: { blockedFrom, failure, wakeAt } };
};

/**
 * Back to the state it was blocked in; a fan-out begins anew, and what is settled has no open slice to be sent.
 */
export const unblock: Rule<"unblock"> = (request) => {
  const back = request.blockedFrom ?? "planning";
  return {
    to: back,
    set: { blockedFrom: null, failure: null },
    steps: stepsFrom(back, null),
  };
};

/** Checks again at `wakeAt`, because a source may show for a while what it has deleted. */
export const lookAgain: Rule<"verify"> = (_request, command) => ({
  set: { wakeAt: command.wakeAt },
  steps: [{ step: "verify", notBefore: command.wakeAt }],
});

/**
 * An export ends with its seal and is kept until `purgeAt`; an export-first deletion goes on to its approval. Both
 * owe the package in one file from then on.
 */
export const seal: Rule<"seal"> = (request, command, at) => {
  const zip = firstZip(at);
  const slices = [zipMessage(request.requestId, zip, null)];
  const set = { seal: command.seal, sealedAt: at, zip };
  return request.kind === "export"
    ? { to: outcome(command.seal.exceptions), set: { ...set, purgeAt: command.purgeAt }, slices }
    : { to: "awaiting-approval", set, slices };
};

/** A deletion that was checked is over; what could not be deleted makes it one with exceptions. */
export const complete: Rule<"complete"> = (_request, command) => ({
  to: outcome(command.exceptions),
  set: { purgeAt: command.purgeAt },
});

/** A worker that was overtaken cannot end what others carry on. */
export const fail: Rule<"fail"> = (request, command) =>
  command.attempt === request.attempt
    ? { to: "failed", set: { failure: command.failure, purgeAt: command.purgeAt } }
    : "same";

/** An export can be cancelled at any time; a deletion only before it has begun. */
export const cancel: Rule<"cancel"> = (request, command) => {
  if (hasBegunDeleting(request)) {
    throw new AppError("state-conflict", "Deletion has begun: it cannot be cancelled any more");
  }
  return { to: "cancelled", set: { purgeAt: command.purgeAt } };
};

/** Somebody can refuse a request only before its deletion has begun, as with `cancel`; the reason stays in it. */
export const refuse: Rule<"refuse"> = (request, command) => {
  if (hasBegunDeleting(request)) {
    throw new AppError("state-conflict", "Deletion has begun: it cannot be refused any more");
  }
  return { to: "refused", set: { failure: command.failure } };
};

/** Sends the present step again under the next attempt, unless somebody did already. */
export const retry: Rule<"retry"> = (request, command) =>
  command.attempt === request.attempt
    ? {
        set: { wakeAt: command.notBefore, tries: request.tries + (command.hasFailed ? 1 : 0) },
        steps: stepsFrom(request.state, command.notBefore),
      }
    : "same";

/** Takes note of a hold once; like every note, it leaves `wakeAt` as it is. */
export const hold: Rule<"hold"> = (request) =>
  request.hold === "none" ? keepWake(request, { hold: "holding" }) : "same";

/** Takes note that the hold is over; without one nothing changes. */
export const release: Rule<"release"> = (request) =>
  request.hold === "none" ? "same" : keepWake(request, { hold: "none" });

/** Moves the date by which the request is due; the work on it goes on as before. */
export const extend: Rule<"extend"> = (request, command) =>
  request.dueAt === command.dueAt ? "same" : keepWake(request, { dueAt: command.dueAt });

/** Takes note that somebody has to confirm whose data it is. */
export const awaitIdentity: Rule<"await-identity"> = (request) =>
  request.awaitingIdentity ? "same" : keepWake(request, { awaitingIdentity: true });

/** Takes note of the confirmation, only where one is awaited. */
export const confirmIdentity: Rule<"confirm-identity"> = (request) =>
  request.awaitingIdentity ? keepWake(request, { awaitingIdentity: false }) : "same";

/** Records when the content was removed; asked again, the first instant stays. */
export const purge: Rule<"purge"> = (request, _command, at) =>
  request.purgedAt === null ? { set: { purgedAt: at } } : "same";

/** The step that carries a request on from each state; null where nothing of ours is to be done. */
export const STEP_OF: Record<State, Step | null> = {
  accepted: "plan",
  planning: "plan",
  "awaiting-approval": null,
  scheduled: "start",
  running: "start",
  verifying: "verify",
  sealing: "seal",
  blocked: null,
  completed: null,
  "completed-with-exceptions": null,
  failed: null,
  cancelled: null,
  refused: null,
};

function fanOut(request: PrivacyRequest, command: CommandOf<"start">): Exclude<Move, "same"> {
  const step = isExporting(request) ? "export" : "delete";
  const slices = command.slices.map(
    ({ sliceId, attempt }): Outgoing => ({
      message: { requestId: request.requestId, step, slice: sliceId, attempt },
      notBefore: null,
    }),
  );
  return {
    set: { cursor: command.to },
    slices,
    steps: command.isLast ? [] : [{ step: "start" }],
  };
}

function hasBegunDeleting(request: PrivacyRequest): boolean {
  const doing = request.state === "blocked" ? request.blockedFrom : request.state;
  return !isExporting(request) && (doing === "running" || doing === "verifying");
}

function stepsFrom(state: State, notBefore: string | null) {
  const step = STEP_OF[state];
  return step === null ? [] : [{ step, notBefore }];
}

function outcome(exceptions: number): State {
  return exceptions === 0 ? "completed" : "completed-with-exceptions";
}

function keepWake(request: PrivacyRequest, set: Partial<PrivacyRequest>): Move {
  return { set: { wakeAt: request.wakeAt, ...set } };
}
