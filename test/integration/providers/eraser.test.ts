import { describe } from "vitest";
import { eraserContract } from "../../support/contracts/eraser-contract.ts";
import { listedAssets, openErasingEstate } from "../../support/providers/eraser-on-simulators.ts";
import { SAMPLES } from "../../support/providers/fake-studio.ts";

describe.each(["dataset", "experiment"] as const)("the eraser, of each %s", (kind) => {
  eraserContract(async () => {
    const estate = await openErasingEstate();
    const workspace = await estate.paid("S1");
    const [one, other] = await listedAssets(estate, "S1", kind);
    if (one === undefined || other === undefined) throw new Error(`There are no two of ${kind}`);
    const sourceId = one.sourceId.replace(workspace.workspaceId, SAMPLES);
    return {
      eraser: estate.eraser(),
      workspace,
      erasable: [one, other],
      notErasable: { ...one, kind: "custom-module" },
      foreign: { ...one, sourceId },
      [Symbol.asyncDispose]: () => estate[Symbol.asyncDispose](),
    };
  });
});
