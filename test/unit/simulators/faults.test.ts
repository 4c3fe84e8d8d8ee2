import { describe, expect, it } from "vitest";
import { FaultPlan, faultsSchema } from "../../../local/simulators/control/faults.ts";

function planOf(...faults: unknown[]): FaultPlan {
  const plan = new FaultPlan();
  plan.add(faultsSchema.parse(faults));
  return plan;
}

const CALL = { surface: "studio", method: "GET", path: "/api/workspaces/1/users" } as const;

describe("FaultPlan", () => {
  it("strikes from the nth fitting call on, as often as asked", () => {
    const plan = planOf({
      surface: "studio",
      method: "GET",
      pathPattern: "/users$",
      nth: 2,
      times: 2,
      action: { status: 503 },
    });

    const struck = [1, 2, 3, 4].map(() => plan.take(CALL) !== null);

    expect(struck).toEqual([false, true, true, false]);
  });

  it("leaves calls of other surfaces, methods and paths alone", () => {
    const plan = planOf({
      surface: "studio",
      method: "DELETE",
      pathPattern: "/users$",
      action: { reset: true },
    });

    expect(plan.take(CALL)).toBeNull();
    expect(plan.take({ ...CALL, surface: "arm", method: "DELETE" })).toBeNull();
    expect(plan.take({ ...CALL, method: "DELETE", path: "/other" })).toBeNull();
    expect(plan.take({ ...CALL, method: "DELETE" })).toEqual({ reset: true });
  });

  it("takes the first of two faults that are due, and both count the call", () => {
    const plan = planOf(
      { surface: "*", pathPattern: ".", action: { delayMs: 5 } },
      { surface: "*", pathPattern: ".", nth: 2, action: { cutAfterBytes: 1 } },
    );

    expect(plan.take(CALL)).toEqual({ delayMs: 5 });
    expect(plan.take(CALL)).toEqual({ cutAfterBytes: 1 });
  });

  it("forgets all faults when cleared", () => {
    const plan = planOf({ surface: "*", pathPattern: ".", action: { reset: true } });

    plan.clear();

    expect(plan.take(CALL)).toBeNull();
  });

  it.each([
    [{ surface: "moon", pathPattern: ".", action: { reset: true } }],
    [{ surface: "*", pathPattern: "(", action: { reset: true } }],
    [{ surface: "*", pathPattern: ".", action: { status: 503, reset: true } }],
    [{ surface: "*", pathPattern: ".", nth: 0, action: { reset: true } }],
  ])("refuses %j", (fault) => {
    expect(faultsSchema.safeParse([fault]).success).toBe(false);
  });
});
