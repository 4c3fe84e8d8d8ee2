/**
 * Statutory dates by calendar rules.
 *
 * GDPR, Art. 12(3): one month from receipt, two more where that is told in time. How a month is counted says
 * Regulation (EEC, Euratom) No 1182/71, Art. 3: the day of receipt is not counted, the period ends on the
 * same-numbered day, or on the last day of a month that has none; where that is a Saturday, a Sunday or a public
 * holiday, at the end of the next working day.
 *
 * CCPA, 11 CCR 7021(b): 45 calendar days from receipt, 90 in all where that is told in time; weekends, holidays and
 * the time that verification takes change nothing.
 */

const DAY_MS = 86_400_000;

export const LAWS = ["gdpr", "ccpa"] as const;
export type Law = (typeof LAWS)[number];

/** Where the clock runs: an IANA time zone, and its public holidays as `YYYY-MM-DD`. */
export type Calendar = { readonly timeZone: string; readonly holidays: ReadonlySet<string> };

/** A stretch in which the clock of a GDPR request stood still; `until` is null while it does. */
export type Pause = { readonly from: string; readonly until: string | null };

/** A last day (`YYYY-MM-DD`) and its last millisecond as an instant. */
export type Deadline = { readonly on: string; readonly at: string };

/** The period in months or days, and the period once it is extended. */
const PERIODS = {
  gdpr: { unit: "months", first: 1, extended: 3 },
  ccpa: { unit: "days", first: 45, extended: 90 },
} as const satisfies Record<Law, unknown>;

/**
 * The last day for an answer to a request that was received at `receivedAt`. Pauses count for GDPR only; each
 * finished one moves the date by the calendar days it lasted. Throws `RangeError` for an unknown time zone.
 */
export function deadlineOf(
  law: Law,
  receivedAt: string,
  isExtended: boolean,
  calendar: Calendar,
  pauses: readonly Pause[] = [],
): Deadline {
  const { timeZone } = calendar;
  const received = localDate(receivedAt, timeZone);
  const { unit, first, extended } = PERIODS[law];
  const length = isExtended ? extended : first;
  if (unit === "days") return endOf(addDays(received, length), timeZone);
  const paused = pauses.reduce((sum, pause) => sum + daysOf(pause, timeZone), 0);
  return endOf(nextWorkingDay(addDays(addMonths(received, length), paused), calendar), timeZone);
}

/** Whether an extension may still be told: until the end of the first deadline. */
export function mayExtend(at: string, first: Deadline): boolean {
  return at <= first.at;
}

/** Calendar days from the day of `at` to the deadline's day: 0 on that day, negative after it. */
export function daysLeft(at: string, { on }: Deadline, timeZone: string): number {
  return daysBetween(localDate(at, timeZone), on);
}

/** The first instant of the day that is `days` days before that one (`YYYY-MM-DD`), where the clock runs. */
export function startOfDayBefore(on: string, days: number, timeZone: string): string {
  const before = endOf(addDays(on, -days - 1), timeZone);
  return new Date(Date.parse(before.at) + 1).toISOString();
}

/** Formatters are dear to make; there are as many as time zones in use. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant where the clock runs. */
export function localDate(at: string, timeZone: string): string {
  // The Swedish form of a date is the ISO form.
  const format =
    FORMATS.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  FORMATS.set(timeZone, format);
  return format.format(new Date(at));
}

function daysOf({ from, until }: Pause, timeZone: string): number {
  return until === null ? 0 : daysBetween(localDate(from, timeZone), localDate(until, timeZone));
}

function nextWorkingDay(date: string, { holidays }: Calendar): string {
  let day = date;
  while (isWeekend(day) || holidays.has(day)) day = addDays(day, 1);
  return day;
}

function isWeekend(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6;
}

function addMonths(date: string, months: number): string {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return toDate(Date.UTC(year, month - 1 + months, Math.min(day, lastDay)));
}

function addDays(date: string, days: number): string {
  return toDate(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
}

function toDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The ends of days that were asked for, because many requests share a date; forgotten when they are too many. */
const ENDS = new Map<string, Deadline>();
const MAX_ENDS = 2_000;

/** The day's last millisecond. */
function endOf(date: string, timeZone: string): Deadline {
  const key = `${date} ${timeZone}`;
  const known = ENDS.get(key);
  if (known !== undefined) return known;
  const end = findEnd(date, timeZone);
  if (ENDS.size >= MAX_ENDS) ENDS.clear();
  ENDS.set(key, end);
  return end;
}

/**
 * Found by halving, because a day may have 23 or 25 hours, and in some zones no midnight: no zone is further from UTC
 * than 14 hours.
 */
function findEnd(date: string, timeZone: string): Deadline {
  const midnightMs = Date.parse(`${addDays(date, 1)}T00:00:00Z`);
  let [inDayMs, afterMs] = [midnightMs - 15 * 3_600_000, midnightMs + 15 * 3_600_000];
  while (afterMs - inDayMs > 1) {
    const middleMs = Math.floor((inDayMs + afterMs) / 2);
    if (localDate(new Date(middleMs).toISOString(), timeZone) <= date) inDayMs = middleMs;
    else afterMs = middleMs;
  }
  return { on: date, at: new Date(inDayMs).toISOString() };
}
