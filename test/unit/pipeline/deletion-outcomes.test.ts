import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import {
  approved,
  carriedOut,
  dataSets,
  outcomesOf,
  pass,
  planned,
  WHOLE,
} from "../../support/deletions.ts";
import { requestOf } from "../../support/intakes.ts";
import { aDataset, type SourceAsset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const anAsset = (kind: SourceAsset["asset"]["kind"], sourceId: string): SourceAsset => {
  const { asset } = aDataset(sourceId, "");
  return { asset: { ...asset, kind, sourceId }, files: {} };
};

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "1"), aDataset("b.csv", "2")], { graceMs: 0 });
});

async function deleted(scope = dataSets("a.csv", "b.csv")) {
  const request = await planned(stage, scope);
  await approved(stage, request);
  return carriedOut(stage, request);
}

describe("the outcome of a deletion", () => {
  it("is failed for what a service claims to have deleted and keeps, 200 times of 200", async () => {
    let caught = 0;
    for (let run = 0; run < 200; run += 1) {
      stage = memoryStage([aDataset("a.csv", "1"), aDataset("b.csv", "2")], { graceMs: 0 });
      const lied = run % 2 === 0 ? "a.csv" : "b.csv";
      stage.eraser.lies = ({ name }) => name === lied;
      const done = await deleted();
      const outcomes = await outcomesOf(stage, done);
      const [truth, lie] = [lied === "a.csv" ? 1 : 0, lied === "a.csv" ? 0 : 1];

      expect(done.state).toBe("completed-with-exceptions");
      expect(outcomes[truth]).toMatchObject({ outcome: "deleted" });
      if (outcomes[lie]?.outcome === "failed" && outcomes[lie].reason === "still-there")
        caught += 1;
    }
    expect(caught).toBe(200);
  }, 60_000);

  it("is deleted for what a service shows for a while after it has deleted it", async () => {
    stage.eraser.lagMs = 15_000;

    const done = await deleted();

    expect(done).toMatchObject({ state: "completed", result: { deleted: 2 } });
    expect(done.looks).toBeGreaterThan(0);
  });

  it("is already-gone for what was gone before our call, and for what was not there at all", async () => {
    const request = await planned(stage, dataSets("a.csv", "never.csv"));
    await approved(stage, request);
    stage.eraser.onAsk = () => void stage.source.assets.splice(0, 1);

    const done = await carriedOut(stage, request);

    expect(done).toMatchObject({ state: "completed", result: { alreadyGone: 2, deleted: 0 } });
    expect(await outcomesOf(stage, done)).toMatchObject([
      { outcome: "already-gone", evidence: "unknown-to-service", verifiedAt: expect.any(String) },
      { outcome: "already-gone", evidence: null, reason: "it is not in the workspace" },
    ]);
  });

  it("is deleted with evidence when the worker died between the call and its record, 100 times of 100", async () => {
    let confirmed = 0;
    for (let run = 0; run < 100; run += 1) {
      stage = memoryStage([aDataset("a.csv", "1"), aDataset("b.csv", "2")], {
        graceMs: 0,
        concurrency: 1 + (run % 2),
      });
      const request = await planned(stage, dataSets("a.csv", "b.csv"));
      await approved(stage, request);
      const worker = { isKilled: false };
      stage.eraser.onErased = () => {
        if (worker.isKilled) return undefined;
        worker.isKilled = true;
        return new Promise(() => undefined);
      };
      // The worker never comes back from its call.
      void stage.bus.drain((message) => runStep(stage, message));
      while (!worker.isKilled) await setImmediate();
      await setImmediate();
      const done = await carriedOut(stage, request);
      const outcomes = await outcomesOf(stage, done);

      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["deleted", "deleted"]);
      if (outcomes.some(({ evidence }) => evidence === "confirmed-after-restart")) confirmed += 1;
    }
    expect(confirmed).toBe(100);
  }, 60_000);

  it("is not ours when the intent was withdrawn before the call, and somebody else deleted the thing", async () => {
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    let isFirst = true;
    stage.eraser.onAsk = () => {
      if (!isFirst) return;
      isFirst = false;
      stage.source.assets.length = 0;
      throw new AppError("source-throttled", "Slow down", { retryAfterMs: 60_000 });
    };

    const done = await carriedOut(stage, request);

    expect(await outcomesOf(stage, done)).toMatchObject([{ outcome: "already-gone" }]);
  });

  it("is blocked-by for what a consumer needs that could not be deleted", async () => {
    stage.source.assets.push(anAsset("experiment", "e1"));
    const used = { kind: "dataset", sourceId: "dataset-a.csv" } as const;
    stage.eraser.allUses.push({ user: { kind: "experiment", sourceId: "e1" }, used });
    stage.eraser.onAsk = ({ kind }) => {
      if (kind === "experiment") throw new AppError("source-invalid", "No");
    };
    const workspace = WORKSPACE.workspaceId;
    const assets = [...(dataSets("a.csv", "b.csv") as { assets: [] }).assets];

    const done = await deleted({
      assets: [...assets, { kind: "experiment", id: "e1", workspace }],
    });

    const outcomes = await outcomesOf(stage, done);
    expect(outcomes).toMatchObject([
      { kind: "experiment", outcome: "failed", reason: "source-invalid" },
      { sourceId: "dataset-a.csv", outcome: "blocked-by", intendedAt: null },
      { sourceId: "dataset-b.csv", outcome: "deleted" },
    ]);
    expect(outcomes[1]?.reason).toBe(outcomes[0]?.assetId);
    expect(done).toMatchObject({ state: "completed-with-exceptions" });
  });

  it("waits for operations of the service by scheduled messages, and asks again until they end", async () => {
    stage.eraser.polls = 5;

    const done = await deleted();

    expect(done).toMatchObject({ state: "completed", result: { deleted: 2 } });
    expect(stage.eraser.calls).toHaveLength(2);
    expect(stage.lines.filter((line) => line.includes("erasure-running")).length).toBeGreaterThan(
      3,
    );
  });

  it("keeps a workspace that got something new after the gate", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    const { add } = stage.intents;
    Object.assign(stage.intents, {
      add: async (...args: Parameters<typeof add>) => {
        stage.source.assets.push(aDataset("late.csv", "3"));
        return add(...args);
      },
    });

    const done = await carriedOut(stage, request);

    expect(stage.eraser.calls).toEqual([]);
    expect(await outcomesOf(stage, done)).toMatchObject([
      { kind: "workspace", outcome: "failed", reason: "plan-stale" },
      { kind: "dataset", outcome: "blocked-by", reason: "workspace" },
      { kind: "dataset", outcome: "blocked-by", reason: "workspace" },
    ]);
  });
});

describe("the second look", () => {
  it("tells after a day what came back, once", async () => {
    const done = await deleted();
    stage.source.assets.push(aDataset("a.csv", "1"));

    await pass(stage, 30 * 60);

    const later = await requestOf(stage, done.requestId);
    expect(later).toMatchObject({ state: "completed", returned: 1, secondLookAt: null });
    const told = stage.bus.events.filter(({ type }) => type.includes("assets-returned"));
    expect(told).toHaveLength(1);
    expect(await stage.dueIndex.until("9999", 10)).toEqual([]);
  });

  it("records that nothing came back, and tells nobody", async () => {
    const done = await deleted();

    await pass(stage, 30 * 60);

    expect(await requestOf(stage, done.requestId)).toMatchObject({ returned: 0 });
    expect(stage.bus.events.at(-1)?.type).toBe("studio-dsr.request.completed.v1");
  });
});
