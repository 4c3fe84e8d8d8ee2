import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StorageAccount, storageAccounts } from "../../support/azurite.ts";
import { fanInAssets, fanInPattern } from "../../support/fan-in-pattern.ts";
import { runFanIns } from "../../support/fan-ins.ts";
import { createRandom } from "../../support/random.ts";
import { stageOnStorage } from "../../support/stage-on-storage.ts";

const SIZES = [1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20];
const MOST_SLICES = 20;

describe.each(storageAccounts())("on %s", (_place, open) => {
  let account: StorageAccount;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(() => account[Symbol.asyncDispose]());

  it("one sweep seals every fan-in that was killed at its last slice, none early or twice", async () => {
    const { stage } = stageOnStorage(account, fanInAssets(MOST_SLICES));
    const pattern = await fanInPattern(MOST_SLICES);

    const { unsealedBefore, ...came } = await runFanIns(stage, pattern, SIZES, createRandom(3));

    const [fanIns, none] = [SIZES.length, { unsealed: 0, early: 0, twice: 0 }];
    expect(came).toEqual({ fanIns, killed: fanIns, ...none });
    expect(unsealedBefore).toBeGreaterThan(0);
  }, 60_000);
});
