import type { PrivacyRequest } from "./request.ts";
import {
  type Calendar,
  type Deadline,
  deadlineOf,
  type Law,
  localDate,
  startOfDayBefore,
} from "./statutory-clock.ts";

/** The statutory date of a request, and when somebody has to be warned of it. */

/** Warnings are told when so many days are left, the last on the day itself. */
export const WARNING_DAYS = [7, 3, 1, 0] as const;

type Dated = Pick<
  PrivacyRequest,
  "law" | "submittedAt" | "dueAt" | "isExtended" | "pauses" | "warnedDays" | "warnAt"
>;

/** The fields of a request that comes in at `at`. */
export function firstDeadline(
  law: Law,
  at: string,
  calendar: Calendar,
): Omit<Dated, "submittedAt"> {
  return withDeadline(
    {
      law,
      submittedAt: at,
      dueAt: at,
      isExtended: false,
      pauses: [],
      warnedDays: null,
      warnAt: null,
    },
    at,
    calendar,
  );
}

/** The fields with the date and the next warning that follow from the others at `at`. */
export function withDeadline<T extends Dated>(fields: T, at: string, calendar: Calendar): T {
  const { law, submittedAt, isExtended, pauses } = fields;
  const { at: dueAt } = deadlineOf(law, submittedAt, isExtended, calendar, pauses);
  return withWarning({ ...fields, dueAt }, at, calendar);
}

/**
 * The fields with the next warning: none while the clock stands still, or when all are told. One that is late is due
 * at `at`: an instant long past in the index is taken for one that a crash has left.
 */
export function withWarning<T extends Dated>(fields: T, at: string, { timeZone }: Calendar): T {
  const days = nextWarning(fields);
  if (days === undefined || isPaused(fields)) return { ...fields, warnAt: null };
  const warnAt = startOfDayBefore(localDate(fields.dueAt, timeZone), days, timeZone);
  return { ...fields, warnAt: warnAt < at ? at : warnAt };
}

/** The days of the next warning; undefined when all are told. */
export function nextWarning({ warnedDays }: Pick<Dated, "warnedDays">): number | undefined {
  return WARNING_DAYS.find((days) => warnedDays === null || days < warnedDays);
}

/** Whether the statutory clock stands still. */
export function isPaused({ law, pauses }: Pick<Dated, "law" | "pauses">): boolean {
  return law === "gdpr" && pauses.at(-1)?.until === null;
}

/** The first date, as if what is going on at `at` were over by then. */
export function firstDate(
  { law, submittedAt, pauses }: Pick<Dated, "law" | "submittedAt" | "pauses">,
  at: string,
  calendar: Calendar,
): Deadline {
  const ended = pauses.map(({ from, until }) => ({ from, until: until ?? at }));
  return deadlineOf(law, submittedAt, false, calendar, ended);
}
