import { expect, it } from "vitest";
import { fanInAssets, fanInPattern } from "../../support/fan-in-pattern.ts";
import { type FanInCounts, runFanIns, total } from "../../support/fan-ins.ts";
import { createRandom } from "../../support/random.ts";
import { memoryStage } from "../../support/stage.ts";

const FAN_INS = 1_000;
const ROUND = 50;
const MOST_SLICES = 200;

it("1,000 fan-ins of up to 200 slices, killed at the last: one sweep seals each, none early or twice", async () => {
  const [pattern, assets] = [await fanInPattern(MOST_SLICES), fanInAssets(MOST_SLICES)];
  const random = createRandom(2);
  const rounds: FanInCounts[] = [];
  for (let round = 0; round < FAN_INS / ROUND; round += 1) {
    // As many between 1 and 14 slices as between 14 and 200; the largest is in every round.
    const sizes = Array.from({ length: ROUND - 1 }, () =>
      Math.ceil(MOST_SLICES ** (random.below(1_000) / 1_000)),
    );
    rounds.push(await runFanIns(memoryStage(assets), pattern, [MOST_SLICES, ...sizes], random));
  }

  const { unsealedBefore, ...came } = total(rounds);
  expect(came).toEqual({ fanIns: FAN_INS, killed: FAN_INS, unsealed: 0, early: 0, twice: 0 });
  expect(unsealedBefore).toBeGreaterThan(FAN_INS / 2);
}, 600_000);
