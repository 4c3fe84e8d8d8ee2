import { describe, expect, it } from "vitest";
import { createLog, describeError } from "../../../local/functions-host/log.ts";
import { startTrace } from "../../../local/functions-host/trace-context.ts";

describe("createLog", () => {
  it("writes a message of several lines as one", () => {
    const lines: string[] = [];
    const log = createLog({}, (line) => lines.push(line));

    log("warning", "Function.tick", "first\n  second");

    expect(lines).toEqual([
      expect.stringMatching(
        /^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] \[Function\.tick\] warning first \\n second\n$/,
      ),
    ]);
  });

  it("lets the longest category prefix decide, then the default", () => {
    const lines: string[] = [];
    const levels = { default: "error", Function: "warning", "Function.tick": "debug" } as const;
    const log = createLog(levels, (line) => lines.push(line));

    log("debug", "Function.tick", "kept 1");
    log("information", "Function.other", "dropped");
    log("warning", "Function.other", "kept 2");
    log("warning", "Host.Http", "dropped");

    expect(lines).toEqual([
      expect.stringContaining("[Function.tick] debug kept 1"),
      expect.stringContaining("[Function.other] warning kept 2"),
    ]);
  });
});

describe("describeError", () => {
  it("strikes credentials out and leaves the error's other members alone", () => {
    const error = Object.assign(
      new Error("GET https://a.test/b?sv=1&sig=S1&x=2 with Bearer S2 and SharedAccessKey=S3;"),
      { request: { headers: { authorization: "S4" } } },
    );

    const text = describeError(error);

    expect(text).toContain(
      "https://a.test/b?sv=1&sig=***&x=2 with Bearer *** and SharedAccessKey=***;",
    );
    expect(text).not.toMatch(/S[1-4]/);
  });

  it("tells of a thrown value only its type", () => {
    const text = describeError({ token: "S1" });

    expect(text).toBe("a thrown object that is no Error");
  });
});

describe("startTrace", () => {
  it("stays in the caller's trace with a span of its own", () => {
    const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    const trace = startTrace(parent, "vendor=1");

    expect(trace.traceParent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
    expect(trace.traceParent).not.toBe(parent);
    expect(trace.traceState).toBe("vendor=1");
  });

  it("begins a trace when the caller's is malformed", () => {
    const trace = startTrace("nonsense", "vendor=1");

    expect(trace.traceParent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(trace.traceState).toBe("");
  });
});
