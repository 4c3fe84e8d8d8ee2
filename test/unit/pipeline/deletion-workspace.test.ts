import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { approved, carriedOut, outcomesOf, planned, WHOLE } from "../../support/deletions.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "1"), aDataset("b.csv", "2")], { graceMs: 0 });
  const { asset } = aDataset("workspace", "");
  const workspace = { ...asset, kind: "workspace", sourceId: WORKSPACE.workspaceId } as const;
  stage.source.assets.push({ asset: workspace, files: {} });
});

describe("the outcome of a whole workspace's deletion", () => {
  it.each(["workspace-not-found", "workspace-denied"] as const)(
    "is deleted for a workspace that answers %s to whoever comes after the worker that deleted it and died",
    async (code) => {
      const { inventory } = stage.source;
      Object.assign(stage.source, {
        inventory: (...asked: Parameters<typeof inventory>) => {
          if (stage.source.isWorkspaceGone) throw new AppError(code, "It is gone");
          return inventory(...asked);
        },
      });
      const request = await planned(stage, WHOLE);
      await approved(stage, request);
      const worker = { isKilled: false };
      stage.eraser.onErased = ({ kind }) => {
        if (kind !== "workspace" || worker.isKilled) return undefined;
        worker.isKilled = true;
        return new Promise(() => undefined);
      };
      void stage.bus.drain((message) => runStep(stage, message));
      while (!worker.isKilled) await setImmediate();
      await setImmediate();

      const done = await carriedOut(stage, request);

      expect(done).toMatchObject({ state: "completed", result: { failed: 0, blockedBy: 0 } });
      const outcomes = await outcomesOf(stage, done);
      expect(outcomes.filter(({ kind }) => kind === "workspace")).toMatchObject([
        { outcome: "deleted", evidence: "confirmed-after-restart" },
      ]);
    },
  );

  it("is already-gone for a workspace that somebody else deleted after the gate", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    const { inventory } = stage.source;
    let looks = 0;
    Object.assign(stage.source, {
      inventory: (...asked: Parameters<typeof inventory>) => {
        looks += 1;
        // The first look is that of the gate.
        if (looks > 1) stage.source.isWorkspaceGone = true;
        if (looks > 1) throw new AppError("workspace-not-found", "It is gone");
        return inventory(...asked);
      },
    });

    const done = await carriedOut(stage, request);

    const outcomes = await outcomesOf(stage, done);
    expect(outcomes.filter(({ kind }) => kind === "workspace")).toMatchObject([
      { outcome: "already-gone", evidence: "unknown-to-service" },
    ]);
  });
});
