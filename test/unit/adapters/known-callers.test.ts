import { describe, expect, it } from "vitest";
import { knownCallers } from "../../../shared/adapters/known-callers.ts";

const CALLER = { callerId: "11111111-1111-4111-8111-111111111111", roles: ["Requester"] } as const;
const HOUR_MS = 3_600_000;

describe("callers whose token was checked", () => {
  it("are known for a minute by this very token", () => {
    let nowMs = 0;
    const known = knownCallers(() => nowMs);
    known.add("a.b.c", CALLER, HOUR_MS);

    expect(known.get("a.b.c")).toEqual(CALLER);
    expect(known.get("a.b.d")).toBeNull();
    nowMs = 60_000;
    expect(known.get("a.b.c")).toBeNull();
  });

  it("are never known past the end of their token", () => {
    let nowMs = 0;
    const known = knownCallers(() => nowMs);
    known.add("a.b.c", CALLER, 5_000);

    nowMs = 4_999;
    expect(known.get("a.b.c")).toEqual(CALLER);
    nowMs = 5_000;
    expect(known.get("a.b.c")).toBeNull();
  });

  it("are a thousand at most, the newest", () => {
    const known = knownCallers(() => 0);
    for (let number = 0; number <= 1_000; number += 1) known.add(`t${number}`, CALLER, HOUR_MS);

    expect([known.get("t0"), known.get("t1"), known.get("t1000")]).toEqual([null, CALLER, CALLER]);
  });
});
