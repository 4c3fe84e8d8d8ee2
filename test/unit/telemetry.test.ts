import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/errors.ts";
import { errorName, lineTelemetry } from "../../shared/telemetry.ts";

describe("telemetry", () => {
  it.each<[string, unknown, string | null]>([
    ["an error", new TypeError("maja@example.com"), "TypeError"],
    ["an error of ours", new AppError("store-unavailable", "maja@example.com"), "AppError"],
    ["a text that was thrown", "maja@example.com", "string"],
    ["no cause", undefined, null],
  ])("tells of %s its kind only", (_what, cause, expected) => {
    expect(errorName(cause)).toBe(expected);
  });

  it("writes an event as one line of JSON, with null for what there is not", () => {
    const lines: string[] = [];
    const telemetry = lineTelemetry(
      (line) => lines.push(line),
      () => "2026-03-01T12:00:00.000Z",
    );

    telemetry.callFailed({
      route: "health",
      code: "store-unavailable",
      traceId: "t-1",
      error: null,
    });

    expect(lines).toEqual([
      '{"at":"2026-03-01T12:00:00.000Z","event":"call-failed","route":"health","code":"store-unavailable","traceId":"t-1","error":null}',
    ]);
  });
});
