import { AppError } from "../errors.ts";
import { isApproved } from "./approval.ts";
import type { CommandKind, CommandOf } from "./command.ts";
import type { Happening } from "./events.ts";
import { purgeAtOf } from "./expiry.ts";
import type { Outgoing, Step } from "./messages.ts";
import { isFinal, type PrivacyRequest, type State } from "./request.ts";
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
      /** Something that happened, for subscribers to hear of beside a change of state. */
      readonly tell?: Happening;
      /** How many steps are left for a person. */
      readonly manualSteps?: number;
    };

/** A rule of the table. */
export type Rule<K extends CommandKind> = (
  request: PrivacyRequest,
  command: CommandOf<K>,
  at: string,
) => Move;

/** The step of the slices of the running phase. */
export function sliceStep(request: PrivacyRequest): "export" | "delete" {
  return isExporting(request) ? "export" : "delete";
}

/** Whether the running phase exports: always for an export, and before the seal of an export-first delete. */
export function isExporting(request: PrivacyRequest): boolean {
  return request.kind === "export" || (request.exportFirst && request.sealedAt === null);
}

/**
 * Each plan is a new generation, so that a planner that was given up cannot finish over a later one. No approval
 * outlives the plan that it signed. Who finds a plan stale has another one made, unless that is done already.
 */
export const plan: Rule<"plan"> = (request, { replaces }) => {
  if (replaces !== undefined && replaces.generation !== request.generation) return "same";
  // A plan that replaces one that has become stale says so, however often its planner has to begin.
  const stale = request.failure?.code === "plan-stale" ? request.failure : null;
  const set = { failure: replaces?.because ?? stale, approvals: [], deletesAt: null };
  return replaces === undefined
    ? { to: "planning", set: { ...set, generation: request.generation + 1 } }
    : { to: "planning", set, steps: [{ step: "plan" }] };
};

/**
 * A plan of an earlier generation is passed over, and one that was taken before: it may be stale. An export without
 * slices goes straight to its seal; a deletion waits for approval.
 */
export const planned: Rule<"planned"> = (request, command) => {
  const { generation } = command.plan;
  if (generation !== request.generation || generation === request.plan?.generation) return "same";
  const set = { plan: command.plan, phase: EXPORT_PHASE, cursor: "", verifiedFiles: 0 };
  if (!isExporting(request)) return { to: "awaiting-approval", set };
  return command.plan.sliceCount === 0
    ? { to: "sealing", set, steps: [{ step: "seal" }] }
    : { to: "running", set, steps: [{ step: "start" }] };
};

/** The cursor moves on from where it is, never back: another stretch was sent already. */
export const goOn: Rule<"start"> = (request, command) => {
  const isNext = command.phase === request.phase && command.from === request.cursor;
  const mayGo = isExporting(request) || isApproved(request);
  return mayGo && isNext && command.to > command.from ? fanOut(request, command) : "same";
};

/**
 * Ends the present phase of the present generation, once; the last leads to the seal, or to the check that
 * all is gone.
 */
export const settle: Rule<"settle"> = (request, command, at) => {
  if (command.generation !== request.generation || command.phase !== request.phase) return "same";
  const exporting = isExporting(request);
  const isLastPhase = request.phase >= (exporting ? EXPORT_PHASE : (request.plan?.phases ?? 0));
  if (!isLastPhase) {
    return { set: { phase: request.phase + 1, cursor: "" }, steps: [{ step: "start" }] };
  }
  return exporting
    ? { to: "sealing", steps: [{ step: "seal" }] }
    : { to: "verifying", set: quietHold(request, at), steps: [{ step: "verify" }] };
};

/** No slice is open any more, so no worker has a lease: a hold in the making is in effect. */
function quietHold({ hold }: PrivacyRequest, at: string): Partial<PrivacyRequest> {
  return hold === "holding" ? { hold: "held", holdEffectiveAt: at } : {};
}

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
    steps: stepsFrom({ ...request, state: back }, null),
  };
};

/**
 * An export ends with its seal and is kept until `purgeAt`; a deletion that exports first is planned then, so that
 * its plan covers the package. Both owe the package in one file from then on.
 */
export const seal: Rule<"seal"> = (request, command, at) => {
  const zip = firstZip(at);
  const slices = [zipMessage(request.requestId, zip, null)];
  const set = { seal: command.seal, sealedAt: at, zip };
  if (request.kind === "export") {
    const purgeAt = purgeAtOf(request, at, command.retention);
    return { to: outcome(command.seal.exceptions), set: { ...set, purgeAt }, slices };
  }
  const exportedGeneration = request.generation;
  const steps = [{ step: "plan" } as const];
  return { to: "planning", set: { ...set, exportedGeneration }, slices, steps };
};

/** A worker that was overtaken cannot end what others carry on. */
export const fail: Rule<"fail"> = (request, { attempt, failure, retention }, at) =>
  attempt === request.attempt
    ? { to: "failed", set: { failure, purgeAt: purgeAtOf(request, at, retention) } }
    : "same";

/** An export can be cancelled at any time; a deletion only before it has begun. */
export const cancel: Rule<"cancel"> = (request, { retention }, at) => {
  if (hasBegunDeleting(request)) {
    throw new AppError("state-conflict", "Deletion has begun: it cannot be cancelled any more");
  }
  return { to: "cancelled", set: { purgeAt: purgeAtOf(request, at, retention) } };
};

/** Somebody can refuse a request only before its deletion has begun, as with `cancel`; the reason stays in it. */
export const refuse: Rule<"refuse"> = (request, { failure, retention }, at) => {
  if (hasBegunDeleting(request)) {
    throw new AppError("state-conflict", "Deletion has begun: it cannot be refused any more");
  }
  return { to: "refused", set: { failure, purgeAt: purgeAtOf(request, at, retention) } };
};

/** Sends the present step again under the next attempt, unless somebody did already. */
export const retry: Rule<"retry"> = (request, command) => {
  const steps = stepsFrom(request, command.notBefore);
  return command.attempt === request.attempt && (steps.length > 0 || !isFinal(request.state))
    ? {
        set: {
          wakeAt: command.notBefore,
          tries: request.tries + (command.hasFailed ? 1 : 0),
          verifiedFiles: command.verifiedFiles ?? 0,
        },
        steps,
      }
    : "same";
};

/** The step that carries a request on from each state; null where nothing of ours is to be done. */
const STEP_OF: Record<State, Step | null> = {
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

/** The step that carries the request on; after its end, a second look whether all is still gone. */
export function stepOf(request: PrivacyRequest): Step | null {
  return isFinal(request.state) && request.secondLookAt !== null
    ? "verify"
    : STEP_OF[request.state];
}

/** The messages for a stretch of slices; the cursor moves on behind them. */
export function fanOut(
  request: PrivacyRequest,
  command: CommandOf<"start">,
): Exclude<Move, "same"> {
  const step = sliceStep(request);
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

function stepsFrom(request: PrivacyRequest, notBefore: string | null) {
  const step = stepOf(request);
  return step === null ? [] : [{ step, notBefore }];
}

/** The final state that so many exceptions make. */
export function outcome(exceptions: number): State {
  return exceptions === 0 ? "completed" : "completed-with-exceptions";
}
