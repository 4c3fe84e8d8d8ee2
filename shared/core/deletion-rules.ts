import { AppError } from "../errors.ts";
import { hasApproved, isApproved, isAuthor } from "./approval.ts";
import type { CommandOf } from "./command.ts";
import { purgeAtOf } from "./expiry.ts";
import { keepWake, startAgain } from "./note-rules.ts";
import type { PrivacyRequest } from "./request.ts";
import { fanOut, isExporting, type Move, outcome, type Rule } from "./rules.ts";

/** The rules of the state table that say when something may be deleted, and when that is over. */

/**
 * An approval names the plan it read, and comes from somebody else than whoever asked for the deletion. The last one
 * that is needed starts the grace period.
 */
export const approve: Rule<"approve"> = (request, command, at) => {
  assertMayApprove(request, command);
  const { approver, planHash, startAt } = command;
  if (hasApproved(request, approver)) return "same";
  const approvals = [...request.approvals, { approver, at, planHash }];
  if (!isApproved({ ...request, approvals })) return { ...keepWake(request, { approvals }) };
  return {
    to: "scheduled",
    set: { approvals, failure: null, deletesAt: startAt, wakeAt: startAt },
    steps: [{ step: "start", notBefore: startAt }],
  };
};

/** Enough people have approved. Who may not is told so here too, for calls that come at the same time. */
export const approveAgain: Rule<"approve"> = (request, command) => {
  assertMayApprove(request, command);
  return "same";
};

/**
 * A start before its time does nothing, nor one without approval or under a hold: the time until then is the last
 * chance to stop a deletion.
 */
export const begin: Rule<"start"> = (request, command, at) => {
  const startsAt = later(request.deletesAt, request.wakeAt);
  const isEarly = startsAt !== null && startsAt > at;
  const mayBegin =
    isApproved(request) && !isExporting(request) && request.hold === "none" && !isEarly;
  return mayBegin && !request.awaitingIdentity
    ? { to: "running", ...fanOut(request, command) }
    : "same";
};

/** Checks again at `wakeAt`, because a source may show for a while what it has deleted. */
export const lookAgain: Rule<"verify"> = (request, command) => ({
  set: { wakeAt: command.wakeAt, looks: request.looks + 1 },
  steps: [{ step: "verify", notBefore: command.wakeAt }],
});

/**
 * A deletion that was checked is over; what could not be deleted makes it one with exceptions, and what is left for a
 * person is told. Later it is looked at once more.
 */
export const complete: Rule<"complete"> = (request, command, at) => {
  const { exceptions, manualSteps, retention, result, secondLookAt } = command;
  const purgeAt = purgeAtOf(request, at, retention);
  return {
    to: outcome(exceptions),
    set: { purgeAt, result, secondLookAt, wakeAt: secondLookAt },
    steps: secondLookAt === null ? [] : [{ step: "verify", notBefore: secondLookAt }],
    ...(manualSteps > 0 ? { tell: "manual-step-needed", manualSteps } : {}),
  };
};

/** The second look is taken once; what came back is told. */
export const lookedAgain: Rule<"verify"> = (request, { returned = 0 }) => {
  if (request.secondLookAt === null) return "same";
  const set = { secondLookAt: null, returned };
  return returned > 0 ? { set, tell: "assets-returned" } : { set };
};

/** A second look that could not be taken is told; the request stays what it is. */
export const giveUpLook: Rule<"fail"> = (request, command) =>
  request.secondLookAt !== null && command.attempt === request.attempt
    ? { set: { secondLookAt: null }, tell: "second-look-failed" }
    : "same";

/** A hold is in the making until no worker has a lease; from `holdEffectiveAt` on no destructive call starts. */
export const hold: Rule<"hold"> = (request, command, at) => {
  if (!command.isQuiet) {
    return request.hold === "none" ? { ...keepWake(request, { hold: "holding" }) } : "same";
  }
  if (request.hold !== "holding") return "same";
  return { ...keepWake(request, { hold: "held", holdEffectiveAt: at }), tell: "held" };
};

/** The hold is over, and what it kept from beginning is begun. */
export const release: Rule<"release"> = (request): Move => {
  if (request.hold === "none") return "same";
  return {
    ...keepWake(request, { hold: "none", holdEffectiveAt: null }),
    steps: startAgain(request),
    tell: "released",
  };
};

function assertMayApprove(request: PrivacyRequest, command: CommandOf<"approve">): void {
  if (isAuthor(request, command.approver)) {
    throw new AppError("forbidden", "Nobody can approve a request of their own");
  }
  if (command.planHash !== request.plan?.planHash) {
    throw new AppError("plan-stale", "The plan has changed since it was read: read the new one");
  }
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
