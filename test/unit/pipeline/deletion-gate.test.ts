import { beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_CONTROLS } from "../../../shared/core/controls.ts";
import { AppError } from "../../../shared/errors.ts";
import { cancelRequest } from "../../../shared/pipeline/decide-request.ts";
import { passGate } from "../../../shared/pipeline/gate.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { approved, carriedOut, dataSets, pass, planned, WHOLE } from "../../support/deletions.ts";
import { anIntake, requestOf } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n"), aDataset("b.csv", "id\n2\n")], {
    graceMs: 10 * 60_000,
  });
});

const LOCK = {
  kind: "lock",
  workspaceId: WORKSPACE.workspaceId,
  name: "keep-for-audit",
  level: "CanNotDelete",
  scope: "/subscriptions/s",
} as const;

describe("the gate of a deletion", () => {
  it("sends a workspace that changed during the grace period back to approval, 200 times of 200", async () => {
    let deleted = 0;
    for (let run = 0; run < 200; run += 1) {
      const one = memoryStage([aDataset("a.csv", "1")], { graceMs: 10 * 60_000 });
      const request = await planned(one, WHOLE);
      await approved(one, request);
      one.clock.advance(((run * 37) % 600) * 1000);
      one.source.assets.push(aDataset(`uploaded-${run}.csv`, "2"));
      await pass(one, 15);
      const again = await requestOf(one, request.requestId);
      deleted += one.eraser.calls.length;

      expect(again).toMatchObject({
        state: "awaiting-approval",
        generation: 2,
        approvals: [],
        deletesAt: null,
        failure: { code: "plan-stale" },
      });
      expect(again.plan?.planHash).not.toBe(request.plan?.planHash);
    }
    expect(deleted).toBe(0);
  }, 60_000);

  it("tells of a plan that has become stale, once", async () => {
    await approved(stage, await planned(stage, WHOLE));
    stage.source.assets.push(aDataset("c.csv", "3"));

    await pass(stage, 15);

    const told = stage.bus.events.filter(({ data }) => data.failureCode === "plan-stale");
    expect(told.map(({ type }) => type)).toEqual([
      "studio-dsr.request.planning.v1",
      "studio-dsr.request.awaiting-approval.v1",
    ]);
  });

  it("leaves a new plan and its approval alone when it was held up while the old one was replaced", async () => {
    const request = await planned(stage, dataSets("a.csv", "b.csv"));
    await approved(stage, request);
    stage.clock.advance(11 * 60_000);
    const old = await requestOf(stage, request.requestId);
    stage.source.assets.pop();
    await pass(stage, 15);
    await approved(stage, request);
    const before = await requestOf(stage, request.requestId);

    expect(await passGate(stage, old)).toBe(false);

    expect(before).toMatchObject({ state: "scheduled", generation: 2 });
    expect(await requestOf(stage, request.requestId)).toEqual(before);
  });

  it("deletes what was approved when the new plan is approved too", async () => {
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    const [first] = stage.source.assets;
    Object.assign(first?.asset ?? {}, { version: "2", modifiedAt: "2026-01-15T08:05:00.000Z" });
    await pass(stage, 15);
    expect(stage.eraser.calls).toEqual([]);

    await approved(stage, request);
    const done = await carriedOut(stage, request);

    expect(done).toMatchObject({ state: "completed", generation: 2, result: { deleted: 1 } });
  });

  it("does not stale when only the order of the lists has changed", async () => {
    const request = await planned(stage, dataSets("a.csv", "b.csv"));
    await approved(stage, request);
    stage.source.assets.reverse();

    expect(await carriedOut(stage, request)).toMatchObject({ state: "completed", generation: 1 });
  });

  it("deletes nothing of a workspace that was made anew under the same name", async () => {
    const armId = `/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn`;
    stage.source.workspace = { ...WORKSPACE, armId, createdAt: "2020-01-01T00:00:00.000Z" };
    const request = await planned(stage, { workspaces: [armId] });
    await approved(stage, request);
    stage.source.workspace = { ...stage.source.workspace, workspaceId: "f".repeat(32) };

    await pass(stage, 15);

    expect(await requestOf(stage, request.requestId)).toMatchObject({ state: "awaiting-approval" });
    expect(stage.eraser.calls).toEqual([]);
  });

  it("waits for a lock to be removed, names it, and goes on within a day", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    stage.eraser.locks.push(LOCK);
    await pass(stage, 15);
    const blocked = await requestOf(stage, request.requestId);
    expect(blocked).toMatchObject({ state: "blocked", failure: { code: "workspace-locked" } });
    expect(blocked.failure?.detail).toContain('"keep-for-audit" (CanNotDelete)');

    stage.eraser.locks.length = 0;
    stage.clock.advance(stage.pace.blockedMs);

    expect(await carriedOut(stage, request)).toMatchObject({ state: "completed" });
  });

  it("waits while all deletions are stopped, without a history entry for every look", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    await stage.controls.write({ ...DEFAULT_CONTROLS, stopped: true });
    await pass(stage, 15);
    const stopped = await requestOf(stage, request.requestId);
    expect(stopped).toMatchObject({ state: "blocked", failure: { code: "deletions-stopped" } });
    await pass(stage, 120);
    expect((await requestOf(stage, request.requestId)).historyCount).toBe(stopped.historyCount);
    expect(stage.eraser.calls).toEqual([]);

    await stage.controls.write(DEFAULT_CONTROLS);

    expect(await carriedOut(stage, request)).toMatchObject({ state: "completed" });
  });

  it("begins no more deletions in an hour than the cap allows", async () => {
    const names = ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"];
    const one = memoryStage(
      names.map((name) => aDataset(name, name)),
      { graceMs: 0 },
    );
    await one.controls.write({ ...DEFAULT_CONTROLS, hourlyCap: 2 });
    const request = await planned(one, dataSets(...names));
    await approved(one, request);

    await pass(one, 240);

    const hours = Map.groupBy(one.eraser.calls, ({ at }) => at.slice(0, 13));
    expect([...hours.values()].map((calls) => calls.length)).toEqual([2, 2, 1]);
    expect(await requestOf(one, request.requestId)).toMatchObject({ state: "completed" });
  });

  it("lets a deletion be cancelled until it begins", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    stage.clock.advance(stage.pace.graceMs - 1);

    await cancelRequest(stage, request.requestId, null, "submitter");
    await pass(stage, 15);

    expect(await requestOf(stage, request.requestId)).toMatchObject({ state: "cancelled" });
    expect(stage.eraser.calls).toEqual([]);
  });
});

describe("the claim of a workspace", () => {
  it("makes a deletion wait for exports that are not sealed, and keeps new ones out", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    let isStuck = true;
    stage.source.onFiles = () => {
      const retryAfterMs = 20 * 60_000;
      if (isStuck) throw new AppError("source-throttled", "Slow down", { retryAfterMs });
    };
    const { request: exporting } = await submit(stage, anIntake());
    await pass(stage, 2);
    expect((await requestOf(stage, exporting.requestId)).state).toBe("running");
    stage.clock.advance(stage.pace.graceMs);
    await pass(stage, 2);
    expect(await requestOf(stage, request.requestId)).toMatchObject({ state: "scheduled" });

    const late = submit(stage, { ...anIntake(), idempotencyKey: "late" });
    await expect(late).rejects.toMatchObject({ code: "workspace-being-deleted" });
    const same = await submit(stage, anIntake());
    expect(same).toMatchObject({ isReplay: true, request: { requestId: exporting.requestId } });

    isStuck = false;
    await pass(stage, 60);
    expect(await requestOf(stage, exporting.requestId)).toMatchObject({ state: "completed" });
    expect(await requestOf(stage, request.requestId)).toMatchObject({ state: "completed" });
  });

  it("is nobody's any more when its deletion was cancelled", async () => {
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    await stage.claims.save(
      WORKSPACE.workspaceId,
      { exports: [], deletion: request.requestId },
      null,
    );
    const early = submit(stage, anIntake());
    await expect(early).rejects.toMatchObject({ code: "workspace-being-deleted" });

    await cancelRequest(stage, request.requestId, null, "submitter");
    const { request: exporting } = await submit(stage, anIntake());
    await pass(stage, 5);

    expect(await requestOf(stage, exporting.requestId)).toMatchObject({ state: "completed" });
  });

  it("lets one of two deletions of a workspace go first", async () => {
    const first = await planned(stage, dataSets("a.csv"));
    const second = await planned(stage, dataSets("b.csv"));
    stage.eraser.polls = 3;
    await approved(stage, first);
    await approved(stage, second);

    stage.clock.advance(stage.pace.graceMs);
    await pass(stage, 1);
    const states = [first, second].map(
      async ({ requestId }) => (await requestOf(stage, requestId)).state,
    );
    expect((await Promise.all(states)).sort()).toEqual(["running", "scheduled"]);
    await pass(stage, 60);

    expect(stage.source.assets).toEqual([]);
  });
});
