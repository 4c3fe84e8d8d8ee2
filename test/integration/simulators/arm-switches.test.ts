import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MovableClock } from "../../../local/simulators/clock.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { callArm, callStudio } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const PROVIDER =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning";
const CONTOSO = `${PROVIDER}/workspaces/contoso-churn`;
const NONE = `${PROVIDER}/workspaces/none`;

/** Stands still unless moved, so that buckets fill exactly as the test says. */
function stillClock(): MovableClock {
  let nowMs = Date.parse("2030-01-01T12:00:00Z");
  return { now: () => nowMs, advance: (byMs) => void (nowMs += byMs) };
}

let clock: MovableClock;
let simulators: Simulators;

beforeEach(async () => {
  clock = stillClock();
  simulators = await startTestSimulators({ clock });
});
afterEach(() => simulators[Symbol.asyncDispose]());

async function statuses(path: string, method: string, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let call = 0; call < count; call += 1) {
    found.push((await callArm(simulators, path, { method })).status);
  }
  return found;
}

describe("throttling", () => {
  it("refuses every n-th call, in seconds or with a date", async () => {
    simulators.switches.change({
      armThrottle: { mode: "every-nth", nth: 3, retryAfterSeconds: 7 },
    });
    expect(await statuses(CONTOSO, "GET", 4)).toEqual([200, 200, 429, 200]);

    simulators.switches.change({
      armThrottle: { mode: "every-nth", nth: 1, retryAfterSeconds: 7, retryAfterForm: "http-date" },
    });
    const refused = await callArm(simulators, CONTOSO);

    expect(refused.headers.get("retry-after")).toBe("Tue, 01 Jan 2030 12:00:08 GMT");
    expect(await refused.json()).toMatchObject({
      error: { code: "SubscriptionRequestsThrottled" },
    });
  });

  it("has a bucket for deletes and another for reads, which fill with time", async () => {
    simulators.switches.change({
      armThrottle: { mode: "bucket", capacity: 3, refillPerSecond: 2 },
    });

    expect(await statuses(NONE, "DELETE", 4)).toEqual([204, 204, 204, 429]);
    const read = await callArm(simulators, CONTOSO);
    // Another switch leaves the buckets as they are.
    simulators.switches.change({ armPageSize: 7 });
    clock.advance(1_000);
    const later = await statuses(NONE, "DELETE", 3);
    const refused = await callArm(simulators, NONE, { method: "DELETE" });

    expect(read.headers.get("x-ms-ratelimit-remaining-subscription-reads")).toBe("2");
    expect(later).toEqual([204, 204, 429]);
    expect(refused.headers.get("retry-after")).toBe("1");
  });

  it("starts with 200 and gives 10 more a second unless told otherwise", async () => {
    simulators.switches.change({ armThrottle: { mode: "bucket" } });

    const first = await callArm(simulators, NONE, { method: "DELETE" });

    expect(first.headers.get("x-ms-ratelimit-remaining-subscription-deletes")).toBe("199");
    expect(simulators.switches.current.armThrottle).toMatchObject({ refillPerSecond: 10 });
  });
});

describe("long-running deletes", () => {
  it.each(["Failed", "Canceled", "Halted"])("that end as %s leave everything", async (end) => {
    simulators.switches.change({
      armWorkspaceDelete: "202-async",
      armFinalStatus: end,
      armPolls: 1,
    });

    const accepted = await callArm(simulators, CONTOSO, { method: "DELETE" });
    const poll = (accepted.headers.get("azure-asyncoperation") ?? "").replace(
      simulators.addresses.arm,
      "",
    );
    const status = await callArm(simulators, poll);

    expect(await status.json()).toMatchObject({ status: end, error: { code: "Conflict" } });
    expect((await callStudio(simulators, "S1", "")).status).toBe(200);
  });

  it("with nothing to poll take effect after a second", async () => {
    simulators.switches.change({ armWorkspaceDelete: "202-bare" });

    const accepted = await callArm(simulators, CONTOSO, { method: "DELETE" });
    const soon = await callArm(simulators, CONTOSO);
    clock.advance(1_000);
    const later = await callArm(simulators, CONTOSO);

    expect([accepted.status, soon.status, later.status]).toEqual([202, 200, 404]);
    expect(accepted.headers.get("location")).toBeNull();
    expect(accepted.headers.get("azure-asyncoperation")).toBeNull();
  });

  it("answer 204 at once when asked", async () => {
    simulators.switches.change({ armWorkspaceDelete: "204" });

    expect(await statuses(CONTOSO, "DELETE", 1)).toEqual([204]);
    expect((await callArm(simulators, CONTOSO)).status).toBe(404);
  });
});
