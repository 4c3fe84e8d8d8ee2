import { describe } from "vitest";
import { eraserContract } from "../../support/contracts/eraser-contract.ts";
import { memoryClock } from "../../support/memory/clock.ts";
import { memoryEraser } from "../../support/memory/eraser.ts";
import { aDataset, memorySource, WORKSPACE } from "../../support/memory/source.ts";
import { SAMPLES } from "../../support/providers/fake-studio.ts";

describe("eraser in memory", () => {
  eraserContract(async () => {
    const [one, other] = [aDataset("a.csv", "1"), aDataset("b.csv", "2")];
    const eraser = memoryEraser(memorySource([one, other]), memoryClock());
    const use = { user: one.asset, used: other.asset };
    eraser.allUses = [use];
    return {
      eraser,
      workspace: WORKSPACE,
      erasable: [one.asset, other.asset],
      notErasable: { ...one.asset, kind: "custom-module" },
      foreign: { ...one.asset, sourceId: `${SAMPLES}.${"a".repeat(32)}.v1-default-1` },
      [Symbol.asyncDispose]: async () => undefined,
    };
  });
});
