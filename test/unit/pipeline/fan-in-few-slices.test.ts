import { expect, it } from "vitest";
import { fanInAssets, fanInPattern } from "../../support/fan-in-pattern.ts";
import { type FanInCounts, runFanIns, total } from "../../support/fan-ins.ts";
import { createRandom } from "../../support/random.ts";
import { memoryStage } from "../../support/stage.ts";

const FAN_INS = 9_000;
const ROUND = 100;
const MOST_SLICES = 10;

it("9,000 fan-ins of 1 to 10 slices, killed at the last: one sweep seals each, none early or twice", async () => {
  const [pattern, assets] = [await fanInPattern(MOST_SLICES), fanInAssets(MOST_SLICES)];
  const random = createRandom(1);
  const rounds: FanInCounts[] = [];
  for (let round = 0; round < FAN_INS / ROUND; round += 1) {
    const sizes = Array.from({ length: ROUND }, () => 1 + random.below(MOST_SLICES));
    rounds.push(await runFanIns(memoryStage(assets), pattern, sizes, random));
  }

  const { unsealedBefore, ...came } = total(rounds);
  expect(came).toEqual({ fanIns: FAN_INS, killed: FAN_INS, unsealed: 0, early: 0, twice: 0 });
  expect(unsealedBefore).toBeGreaterThan(FAN_INS / 2);
}, 600_000);
