import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import {
  approved,
  carriedOut,
  dataSets,
  outcomesOf,
  planned,
  WHOLE,
} from "../../support/deletions.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([
    aDataset("a.csv", "id\n1\n"),
    aDataset("b.csv", "id\n2\n"),
    aDataset("c.csv", "id\n3\n"),
  ]);
});

describe("a deletion", () => {
  it("deletes single assets after approval and grace, and nothing else", async () => {
    const request = await planned(stage, dataSets("a.csv", "c.csv"));
    expect(request).toMatchObject({ state: "awaiting-approval", plan: { items: 2 } });
    expect(stage.eraser.calls).toEqual([]);

    const scheduled = await approved(stage, request);
    expect(scheduled).toMatchObject({
      state: "scheduled",
      deletesAt: "2026-01-16T08:00:00.000Z",
    });
    const done = await carriedOut(stage, request);

    expect(done).toMatchObject({
      state: "completed",
      result: { deleted: 2, alreadyGone: 0, notDeletable: 0, blockedBy: 0, failed: 0 },
    });
    expect(stage.source.assets.map(({ asset }) => asset.name)).toEqual(["b.csv"]);
    expect(await outcomesOf(stage, done)).toMatchObject([
      { sourceId: "dataset-a.csv", outcome: "deleted", evidence: "claimed-by-service" },
      { sourceId: "dataset-c.csv", outcome: "deleted", evidence: "claimed-by-service" },
    ]);
  });

  it("deletes a standard workspace by one call, and all that is in it goes with it", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);

    const done = await carriedOut(stage, request);

    expect(done).toMatchObject({ state: "completed", result: { deleted: 4 } });
    expect(stage.eraser.calls.map(({ kind }) => kind)).toEqual(["workspace"]);
    expect(
      (await outcomesOf(stage, done)).map(({ kind, with: goesWith }) => [kind, goesWith]),
    ).toEqual([
      ["workspace", null],
      ["dataset", "workspace"],
      ["dataset", "workspace"],
      ["dataset", "workspace"],
    ]);
  });

  it("waits its turn for a limit on calls as often as it has to, and counts that as no failure", async () => {
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    let asked = 0;
    stage.eraser.onAsk = () => {
      asked += 1;
      const retryAfterMs = 10_000;
      if (asked < 50) throw new AppError("source-throttled", "Wait", { retryAfterMs });
    };

    const done = await carriedOut(stage, request);

    expect(asked).toBeGreaterThan(stage.pace.backoff.maxTries);
    expect(done).toMatchObject({ state: "completed", result: { deleted: 1 } });
  });
});
