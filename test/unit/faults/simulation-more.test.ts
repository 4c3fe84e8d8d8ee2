import { expect, it } from "vitest";
import { ALL_RIGHT, MANY_SEEDS, resultOf } from "../../support/simulated-seeds.ts";

// A file of its own, so that another worker runs it beside the first 1,000.
it("a simulation finds nothing wrong by 1,000 more seeds", MANY_SEEDS, async () => {
  expect(await resultOf(1_001, 1_000)).toMatchObject({ ...ALL_RIGHT, seeds: 1_000 });
});
