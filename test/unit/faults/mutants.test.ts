import { describe, expect, it } from "vitest";
import { hunt } from "../../faults/mutants/hunt.ts";
import { VARIANTS } from "../../faults/mutants/variants.ts";
import { MANY_SEEDS } from "../../support/simulated-seeds.ts";

const SEEDS = { from: 1, seeds: 100 };

describe("the app broken on purpose", () => {
  it("is noticed within 100 seeds, in whichever way it is broken", MANY_SEEDS, async () => {
    const survived: string[] = [];
    let last = 0;
    for (const [name, variant] of Object.entries(VARIANTS)) {
      const { seed } = await hunt(name, variant, SEEDS);
      if (seed === null) survived.push(name);
      last = Math.max(last, seed ?? 0);
    }

    expect(survived).toEqual([]);
    expect(Object.keys(VARIANTS).length).toBeGreaterThanOrEqual(8);
    // By the same seeds nothing is wrong with the app as it is.
    expect((await hunt("as it is", {}, { ...SEEDS, seeds: last })).seed).toBeNull();
  });
});
