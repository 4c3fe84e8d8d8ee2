import { describe, expect, it } from "vitest";
import { simulate } from "../../faults/simulation/simulate.ts";
import { ALL_RIGHT, MANY_SEEDS, resultOf } from "../../support/simulated-seeds.ts";

describe("a simulation", () => {
  it("does the same again by the same seed, and something else by another", async () => {
    const [first, again, other] = [await simulate(7), await simulate(7), await simulate(8)];

    expect(again.trace()).toEqual(first.trace());
    expect(again.digest).toBe(first.digest);
    expect(other.digest).not.toBe(first.digest);
  });

  it("finds nothing wrong by 1,000 seeds", MANY_SEEDS, async () => {
    expect(await resultOf(1, 1_000)).toMatchObject({ ...ALL_RIGHT, seeds: 1_000 });
  });
});
