import { describe, expect, it } from "vitest";
import { check } from "../../../faults/checker/check.ts";
import type { Evidence, FinalRequest } from "../../../faults/checker/evidence.ts";
import { COUNTS } from "../../../faults/checker/finding.ts";
import { at, event, GOOD, request, submission } from "./good-evidence.ts";

/** The counts that are not 0. */
function wrong(some: Partial<Evidence>): Record<string, number> {
  const { findings: _findings, ...counts } = check({ ...GOOD, ...some });
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** The good run with one request changed. */
function changed(requestId: string, some: Partial<FinalRequest>): Partial<Evidence> {
  const requests = GOOD.requests.map((known) =>
    known.requestId === requestId ? { ...known, ...some } : known,
  );
  return { requests };
}

function without(name: "requests" | "packages" | "receipts", requestId: string): Partial<Evidence> {
  return { [name]: GOOD[name].filter((known) => known.requestId !== requestId) };
}

describe("the checker of faults", () => {
  it("finds nothing in a run in which every promise was kept", () => {
    const zeros = Object.fromEntries(COUNTS.map((count) => [count, 0]));
    expect(check(GOOD)).toEqual({ ...zeros, findings: [] });
  });

  it("tells each finding in words", () => {
    expect(check({ ...GOOD, ...changed("r1", { state: "running" }) }).findings).toContainEqual({
      count: "stuck",
      about: "r1",
      text: "is still running",
    });
  });
});

describe("a request is lost when", () => {
  it.each<[string, Partial<Evidence>]>([
    ["it was acknowledged and is not there", { ...without("requests", "r3"), approvals: [] }],
    ["one submission has become two", { requests: [...GOOD.requests, request("r9", "k1")] }],
    ["nobody has asked for it", { requests: [...GOOD.requests, request("r9", "k9")] }],
    ["it carries no key", { requests: [...GOOD.requests, { ...request("r9", ""), key: null }] }],
    ["its submission was refused", { requests: [...GOOD.requests, request("r4", "k4")] }],
    ["its client was told another id", changed("r1", { requestId: "r0" })],
    ["it is of another kind than was asked for", changed("r3", { kind: "export" })],
    ["it was to export first and does not", changed("r2", { exportFirst: false })],
    ["it was given up", changed("r1", { state: "failed", failureCode: "source-unavailable" })],
    ["it has completed unsealed", changed("r1", { sealedAt: null })],
    ["its package is not there", without("packages", "r1")],
    ["its receipt is not there", without("receipts", "r1")],
    [
      "its client was told two ids",
      {
        submissions: GOOD.submissions.map((known) => ({
          ...known,
          tries: [...known.tries, { at: at(9), answer: "ok" as const, requestId: "r8" }],
        })),
      },
    ],
  ])("%s", (_name, some) => {
    expect(wrong(some)).toMatchObject({ lost: expect.any(Number) });
  });

  it("a thing that it says is deleted is still there", () => {
    const { source } = GOOD;
    const after = [...source.after, "w2/a"];
    expect(wrong({ source: { ...source, after } })).toEqual({ lost: 1 });
    const whole = [...source.after, "w3/a"];
    expect(wrong({ source: { ...source, after: whole } })).toEqual({ lost: 1 });
  });

  it("but not when the answer to its submission never came", () => {
    const tries = [{ at: at(0), answer: "unknown" as const, requestId: null }];
    const unanswered = submission("k5", { tries });
    const submissions = [...GOOD.submissions, unanswered];

    expect(wrong({ submissions })).toEqual({});
    const requests = [...GOOD.requests, request("r5", "k5", { sealedAt: at(5), purgeAt: at(58) })];
    const packages = [
      ...GOOD.packages,
      { requestId: "r5", problems: [], holds: [], exceptions: [] },
    ];
    const receipts = [
      ...GOOD.receipts,
      { requestId: "r5", problems: [], state: "completed", outcomes: [] },
    ];
    const events = [...GOOD.events, event("r5", 1, "accepted"), event("r5", 2, "completed")];
    expect(wrong({ submissions, requests, packages, receipts, events })).toEqual({});
  });
});

describe("a request is stuck when", () => {
  it.each(["running", "blocked", "awaiting-approval"])(
    "its state at the end is %s",
    (state: string) => {
      expect(wrong(changed("r3", { state }))).toMatchObject({ stuck: 1 });
    },
  );
});

describe("a purge is early when", () => {
  it("a package goes before its time", () => {
    expect(wrong({ purges: [{ requestId: "r1", at: at(39) }] })).toEqual({ earlyPurge: 1 });
  });

  it("a package goes that has no time to go", () => {
    expect(wrong({ purges: [{ requestId: "r3", at: at(39) }] })).toEqual({ earlyPurge: 1 });
  });
});

describe("an event is missing when", () => {
  const [first, ...others] = [...GOOD.events].sort((a, b) => a.sequence - b.sequence);
  it.each<[string, Evidence["events"]]>([
    ["the first never came", others],
    ["one in the middle never came", GOOD.events.filter(({ id }) => id !== "r2-2")],
    ["the end was not told", GOOD.events.filter(({ id }) => id !== "r2-3")],
    ["one number has two ids", [...GOOD.events, { ...event("r1", 2, "planning"), id: "other" }]],
    ["one id tells two things", [...GOOD.events, event("r1", 2, "running")]],
    ["it is about no request", [...GOOD.events, event("r7", 1, "accepted")]],
  ])("%s", (_name, events) => {
    expect(first?.sequence).toBe(1);
    expect(wrong({ events })).toMatchObject({ missingEvents: expect.any(Number) });
  });
});

describe("a dead letter is unexplained when", () => {
  it("nobody has planted it", () => {
    expect(wrong({ plantedMessages: [] })).toEqual({ unexplainedDeadLetters: 1 });
  });
});
