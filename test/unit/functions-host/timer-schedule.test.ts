import { describe, expect, it } from "vitest";
import { afterRun, checkPastDue, never } from "../../../local/functions-host/timer/monitor.ts";
import { parseSchedule } from "../../../local/functions-host/timer/schedule.ts";
import { readSchedules } from "../../../local/functions-host/timer/timers.ts";
import { timerFunction } from "../../support/fixture-app/functions.ts";

const noon = new Date("2026-03-02T12:00:00.000Z");

describe("parseSchedule", () => {
  it.each([
    ["0 0 3 * * *", "2026-03-03T03:00:00.000Z"],
    ["30 * * * *", "2026-03-02T12:30:00.000Z"],
    ["*/5 * * * * *", "2026-03-02T12:00:05.000Z"],
    ["0 0 9 * * Mon-Fri", "2026-03-03T09:00:00.000Z"],
    ["0 5/20 * * * *", "2026-03-02T12:05:00.000Z"],
    ["00:10:00", "2026-03-02T12:10:00.000Z"],
    ["1.00:00:00", "2026-03-03T12:00:00.000Z"],
  ])("finds the next occurrence of %s", (text, expected) => {
    const next = parseSchedule(text, "UTC").next(noon);

    expect(next.toISOString()).toBe(expected);
  });

  it("wants day of month AND day of week, unlike Unix cron", () => {
    const schedule = parseSchedule("0 0 0 13 * Fri", "UTC");

    const next = schedule.next(noon);

    expect(next.toISOString()).toBe("2026-03-13T00:00:00.000Z");
    expect(schedule.next(next).toISOString()).toBe("2026-11-13T00:00:00.000Z");
  });

  it("counts in the given time zone", () => {
    const next = parseSchedule("0 0 3 * * *", "Europe/Berlin").next(noon);

    expect(next.toISOString()).toBe("2026-03-03T02:00:00.000Z");
  });

  it.each([
    ["0 30 2 * * *", ["25T00:30", "26T01:30"]],
    ["0 30 * * * *", ["25T00:30", "25T01:30", "25T02:30"]],
  ])(
    "runs %s once at a set hour when clocks go back, and each hour when it is hourly",
    (text, times) => {
      const schedule = parseSchedule(text, "Europe/Berlin");
      const instants = [new Date("2026-10-25T00:00:00Z")];

      while (instants.length <= times.length) {
        instants.push(schedule.next(instants.at(-1) ?? noon));
      }

      const clock = instants.slice(1).map((instant) => instant.toISOString().slice(8, 16));
      expect(clock).toEqual(times);
    },
  );

  it("makes up after the gap for a time that is skipped when clocks go forward", () => {
    const next = parseSchedule("0 30 2 * * *", "Europe/Berlin").next(
      new Date("2026-03-28T12:00:00Z"),
    );

    expect(next.toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });

  it.each([
    ["*/30 * * * * *", true],
    ["0 * * * * *", false],
    ["00:00:59", true],
    ["00:01:00", false],
  ])("knows whether %s is due several times a minute: %s", (text, expected) => {
    const { isSubMinute } = parseSchedule(text, "UTC");

    expect(isSubMinute).toBe(expected);
  });

  it.each([
    "",
    "* * *",
    "0 0 0 L * *",
    "0 0 0 1W * *",
    "@daily",
    "00:00:00",
    "0 0 25 * * *",
    "0 0 0 31 2 *",
  ])("refuses %j", (text) => {
    expect(() => parseSchedule(text, "UTC")).toThrow(`"${text}"`);
  });
});

describe("readSchedules", () => {
  const atThree = [timerFunction({ schedule: "0 0 3 * * *" })];
  const nextIn = (settings: Record<string, string>) =>
    readSchedules(atThree, settings)[0]?.schedule.next(noon).toISOString();

  it("counts in UTC unless a setting names another zone", () => {
    expect(nextIn({})).toBe("2026-03-03T03:00:00.000Z");
    expect(nextIn({ TZ: "Europe/Berlin" })).toBe("2026-03-03T02:00:00.000Z");
    expect(nextIn({ TZ: "UTC", WEBSITE_TIME_ZONE: "Asia/Tokyo" })).toBe("2026-03-02T18:00:00.000Z");
  });

  it("names a zone there is not", () => {
    expect(() => nextIn({ TZ: "Mars/Base" })).toThrow('TZ is "Mars/Base", which is no time zone');
  });
});

describe("checkPastDue", () => {
  const hourly = parseSchedule("0 0 * * * *", "UTC");

  it("begins with a timer that never ran", () => {
    const start = checkPastDue(hourly, undefined, new Date("2026-03-02T12:10:00.000Z"));

    expect(start).toEqual({
      status: {
        Last: never,
        Next: "2026-03-02T13:00:00.000Z",
        LastUpdated: "2026-03-02T12:10:00.000Z",
      },
      isPastDue: false,
    });
  });

  it("finds a run that was missed", () => {
    const stored = {
      Last: "2026-03-02T09:00:00.000Z",
      Next: "2026-03-02T10:00:00.000Z",
      LastUpdated: "2026-03-02T09:00:00.000Z",
    };

    const start = checkPastDue(hourly, stored, noon);

    expect(start).toEqual({ status: stored, isPastDue: true });
  });

  it("finds a first run that was missed", () => {
    const stored = {
      Last: never,
      Next: "2026-03-02T10:00:00.000Z",
      LastUpdated: "2026-03-02T09:30:00.000Z",
    };

    const start = checkPastDue(hourly, stored, noon);

    expect(start.isPastDue).toBe(true);
  });

  it("is not past due before the next occurrence", () => {
    const stored = {
      Last: "2026-03-02T12:00:00.000Z",
      Next: "2026-03-02T13:00:00.000Z",
      LastUpdated: "2026-03-02T12:00:00.000Z",
    };

    const start = checkPastDue(hourly, stored, new Date("2026-03-02T12:59:59.000Z"));

    expect(start).toEqual({ status: stored, isPastDue: false });
  });

  it("starts anew when the schedule has changed", () => {
    const stored = {
      Last: "2026-03-02T09:00:00.000Z",
      Next: "2026-03-02T09:05:00.000Z",
      LastUpdated: "2026-03-02T09:00:00.000Z",
    };

    const start = checkPastDue(hourly, stored, new Date("2026-03-02T12:10:00.000Z"));

    expect(start).toEqual({
      status: {
        Last: never,
        Next: "2026-03-02T13:00:00.000Z",
        LastUpdated: "2026-03-02T12:10:00.000Z",
      },
      isPastDue: false,
    });
  });
});

describe("afterRun", () => {
  const hourly = parseSchedule("0 0 * * * *", "UTC");
  const before = { Last: never, Next: "2026-03-02T12:00:00.000Z", LastUpdated: never };

  it("counts a run slightly before its time as on time", () => {
    const status = afterRun(hourly, before, new Date("2026-03-02T11:59:59.990Z"), true);

    expect(status).toMatchObject({
      Last: "2026-03-02T12:00:00.000Z",
      Next: "2026-03-02T13:00:00.000Z",
    });
  });

  it("keeps the next occurrence after a run at start-up", () => {
    const status = afterRun(hourly, before, new Date("2026-03-02T11:30:00.000Z"), false);

    expect(status).toMatchObject({
      Last: "2026-03-02T11:30:00.000Z",
      Next: "2026-03-02T12:00:00.000Z",
    });
  });
});
