import { describe } from "vitest";
import { sourceContract } from "../../support/contracts/source-contract.ts";
import { aDataset, memorySource, WORKSPACE } from "../../support/memory/source.ts";

describe("source in memory", () => {
  sourceContract(async () => {
    const source = memorySource([
      aDataset("small.csv", "a"),
      aDataset("large.bin", Buffer.alloc(9_999, "xyz")),
    ]);
    return {
      directory: source,
      provider: source,
      workspaceId: WORKSPACE.workspaceId,
      largeAsset: "large.bin",
      [Symbol.asyncDispose]: async () => undefined,
    };
  });
});
