import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../../../shared/providers/retry-after.ts";

const NOW = "2026-03-01T12:00:00.000Z";

describe("Retry-After", () => {
  it.each([
    ["seconds", "120", 120_000],
    ["seconds between blanks", " 7 ", 7_000],
    ["zero", "0", 0],
    ["more than the cap", "86400", 900_000],
    ["more digits than a number holds", "9".repeat(400), 900_000],
    ["a date", "Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
    ["a date of RFC 850", "Sunday, 01-Mar-26 12:00:30 GMT", 30_000],
    ["a date of asctime, which is in GMT too", "Sun Mar  1 12:00:30 2026", 30_000],
    ["a date that has passed", "Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["a date after the cap", "Mon, 02 Mar 2026 12:00:00 GMT", 900_000],
    ["no header", null, undefined],
    ["an empty header", "", undefined],
    ["a fraction", "1.5", undefined],
    ["a negative number", "-1", undefined],
    ["a word", "soon", undefined],
    ["an ISO date", "2026-03-01T12:00:30Z", undefined],
    ["a day without a date", "Sunday GMT", undefined],
  ])("reads %s", (_what, header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });
});
