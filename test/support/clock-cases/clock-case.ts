import type { Law } from "../../../shared/core/statutory-clock.ts";

/** Law, instant of receipt, time zone, holidays, extended or not; the last day, and its last millisecond. */
export type ClockCase = readonly [
  law: Law,
  receivedAt: string,
  timeZone: string,
  holidays: keyof typeof HOLIDAYS,
  isExtended: boolean,
  on: string,
  at: string,
];

/** Public holidays by country: those of all German states. */
export const HOLIDAYS = {
  none: days({}),
  DE: days({
    2023: "01-01 04-07 04-10 05-01 05-18 05-29 10-03 12-25 12-26",
    2024: "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26",
    2025: "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26",
    2026: "01-01",
  }),
} as const;

/** Days as `YYYY-MM-DD`, from the days of each year. */
function days(years: Readonly<Record<number, string>>): ReadonlySet<string> {
  const all = Object.entries(years).flatMap(([year, list]) =>
    list.split(" ").map((day) => `${year}-${day}`),
  );
  return new Set(all);
}
