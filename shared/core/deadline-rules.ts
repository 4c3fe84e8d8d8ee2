import { AppError } from "../errors.ts";
import { firstDate, nextWarning, withDeadline, withWarning } from "./deadline.ts";
import { keepWake, startAgain } from "./note-rules.ts";
import type { Rule } from "./rules.ts";
import { mayExtend } from "./statutory-clock.ts";

/** The rules of the state table about the date by which a request is due; the work on it goes on as before. */

/**
 * Extends the time to answer, once, and only before the first date is over (GDPR Art. 12(3); 11 CCR 7021(b)). The
 * warnings begin anew for the new date. Throws `state-conflict` when it is too late.
 */
export const extend: Rule<"extend"> = (request, { calendar }, at) => {
  if (request.isExtended) return "same";
  const first = firstDate(request, at, calendar);
  if (!mayExtend(at, first)) {
    throw new AppError(
      "state-conflict",
      `The first date was ${first.on}: the time to answer can be extended until then only`,
    );
  }
  const changed = withDeadline({ ...request, isExtended: true, warnedDays: null }, at, calendar);
  const { isExtended, dueAt, warnedDays, warnAt } = changed;
  return { ...keepWake(request, { isExtended, dueAt, warnedDays, warnAt }), tell: "extended" };
};

/** Takes note that somebody has to confirm whose data it is: the clock of a GDPR request stands still meanwhile. */
export const awaitIdentity: Rule<"await-identity"> = (request, { calendar }, at) => {
  if (request.awaitingIdentity) return "same";
  const pauses = [...request.pauses, { from: at, until: null }];
  const { warnAt } = withWarning({ ...request, pauses }, at, calendar);
  return {
    ...keepWake(request, { awaitingIdentity: true, pauses, warnAt }),
    tell: "identity-awaited",
  };
};

/**
 * Takes note of the confirmation and its evidence, only where one is awaited: the date moves by the days that it
 * took, and what waited for it goes on.
 */
export const confirmIdentity: Rule<"confirm-identity"> = (request, command, at) => {
  if (!request.awaitingIdentity) return "same";
  const pauses = request.pauses.map(({ from, until }) => ({ from, until: until ?? at }));
  const { dueAt, warnAt } = withDeadline({ ...request, pauses }, at, command.calendar);
  const { identity } = command;
  const set = { awaitingIdentity: false, identity, pauses, dueAt, warnAt };
  return {
    ...keepWake(request, set),
    steps: startAgain(request),
    tell: "identity-confirmed",
  };
};

/** Tells the next warning when its time has come, each once; those that were missed follow one by one. */
export const warn: Rule<"warn"> = (request, { calendar }, at) => {
  const days = nextWarning(request);
  if (request.warnAt === null || request.warnAt > at || days === undefined) return "same";
  const { warnAt } = withWarning({ ...request, warnedDays: days }, at, calendar);
  return { ...keepWake(request, { warnedDays: days, warnAt }), tell: "deadline-at-risk" };
};
