import { describe, expect, it } from "vitest";
import {
  daysLeft,
  deadlineOf,
  mayExtend,
  type Pause,
} from "../../../shared/core/statutory-clock.ts";
import { CALENDAR_CASES } from "../../support/clock-cases/calendars.ts";
import { HOLIDAYS } from "../../support/clock-cases/clock-case.ts";
import { MONTH_CASES } from "../../support/clock-cases/months.ts";

const UTC = { timeZone: "UTC", holidays: HOLIDAYS.none };
const BERLIN = { timeZone: "Europe/Berlin", holidays: HOLIDAYS.DE };

describe("the statutory date", () => {
  it.each([...MONTH_CASES, ...CALENDAR_CASES])(
    "%s, received %s in %s, holidays %s, extended %s: %s",
    (law, receivedAt, timeZone, holidays, isExtended, on, at) => {
      const calendar = { timeZone, holidays: HOLIDAYS[holidays] };

      expect(deadlineOf(law, receivedAt, isExtended, calendar)).toEqual({ on, at });
    },
  );

  it("has at least 200 cases", () => {
    expect(MONTH_CASES.length + CALENDAR_CASES.length).toBeGreaterThanOrEqual(200);
  });

  // biome-ignore format: a fact a line
  it.each<[string, Pause[], boolean, string]>([
    ["2024-01-31T10:00:00Z", [{ from: "2024-02-05T10:00:00Z", until: "2024-02-15T09:00:00Z" }], false, "2024-03-11"],
    ["2024-01-31T10:00:00Z", [{ from: "2024-02-05T10:00:00Z", until: "2024-02-15T09:00:00Z" }], true, "2024-05-10"],
    ["2024-03-01T10:00:00Z", [{ from: "2024-03-02T10:00:00Z", until: "2024-03-02T20:00:00Z" }], false, "2024-04-02"],
    ["2024-03-01T10:00:00Z", [{ from: "2024-03-02T23:30:00Z", until: "2024-03-03T00:30:00Z" }], false, "2024-04-02"],
    ["2024-03-01T10:00:00Z", [{ from: "2024-03-02T10:00:00Z", until: "2024-03-04T10:00:00Z" }, { from: "2024-03-10T10:00:00Z", until: "2024-03-15T10:00:00Z" }], false, "2024-04-08"],
    ["2024-11-20T10:00:00Z", [{ from: "2024-11-21T10:00:00Z", until: "2024-11-26T10:00:00Z" }], false, "2024-12-27"],
    ["2024-11-20T10:00:00Z", [{ from: "2024-11-21T10:00:00Z", until: "2024-11-26T10:00:00Z" }], true, "2025-02-25"],
    ["2024-02-28T10:00:00Z", [{ from: "2024-03-01T10:00:00Z", until: "2024-03-31T10:00:00Z" }], false, "2024-04-29"],
    ["2024-02-28T10:00:00Z", [{ from: "2024-03-01T10:00:00Z", until: "2024-03-31T10:00:00Z" }], true, "2024-06-27"],
    ["2024-02-28T10:00:00Z", [{ from: "2024-03-01T10:00:00Z", until: null }], false, "2024-03-28"],
  ])("of a GDPR request received %s moves by its pauses %j (extended %s) to %s", (receivedAt, pauses, isExtended, on) => {
    expect(deadlineOf("gdpr", receivedAt, isExtended, BERLIN, pauses).on).toBe(on);
  });

  it("of a CCPA request is not moved by a pause", () => {
    const pause = { from: "2024-01-02T10:00:00Z", until: "2024-01-12T10:00:00Z" };

    expect(deadlineOf("ccpa", "2024-01-01T12:00:00Z", false, UTC, [pause]).on).toBe("2024-02-15");
  });

  it("is refused for a time zone that does not exist", () => {
    const calendar = { timeZone: "Europe/Atlantis", holidays: HOLIDAYS.none };

    expect(() => deadlineOf("gdpr", "2024-01-01T00:00:00Z", false, calendar)).toThrow(RangeError);
  });
});

describe("an extension", () => {
  const first = { on: "2024-02-29", at: "2024-02-29T22:59:59.999Z" };

  it.each([
    ["2024-02-01T00:00:00.000Z", true],
    ["2024-02-29T22:59:59.999Z", true],
    ["2024-02-29T23:00:00.000Z", false],
    ["2024-03-15T00:00:00.000Z", false],
  ])("told at %s is in time: %s", (at, isInTime) => {
    expect(mayExtend(at, first)).toBe(isInTime);
  });
});

describe("the days left", () => {
  const due = { on: "2024-03-31", at: "2024-03-31T21:59:59.999Z" };

  it.each([
    ["2024-03-24T12:00:00.000Z", 7],
    ["2024-03-27T22:59:59.999Z", 4],
    ["2024-03-27T23:00:00.000Z", 3],
    ["2024-03-30T22:59:59.999Z", 1],
    ["2024-03-30T23:00:00.000Z", 0],
    ["2024-03-31T21:59:59.999Z", 0],
    ["2024-03-31T22:00:00.000Z", -1],
  ])("at %s, in Berlin, are %i", (at, days) => {
    expect(daysLeft(at, due, "Europe/Berlin")).toBe(days);
  });
});
