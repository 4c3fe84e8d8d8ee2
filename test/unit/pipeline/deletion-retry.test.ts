import { beforeEach, describe, expect, it } from "vitest";
import { retryFailed } from "../../../shared/pipeline/retry-failed.ts";
import {
  APPROVER,
  approved,
  carriedOut,
  dataSets,
  planned,
  runDue,
  WHOLE,
} from "../../support/deletions.ts";
import { requestOf } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const NAMES = Array.from({ length: 20 }, (_unused, index) => `${index}.csv`);

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage(
    NAMES.map((name) => aDataset(name, name)),
    { graceMs: 0 },
  );
});

const by = (actor: string) => ({ actor, traceParent: null });

describe("the retry of a deletion", () => {
  it("plans exactly what failed, and deletes it after an approval of its own", async () => {
    stage.eraser.lies = ({ name }) => name === "3.csv" || name === "13.csv";
    const first = await planned(stage, dataSets(...NAMES));
    await approved(stage, first);
    const done = await carriedOut(stage, first);
    const asked = stage.eraser.calls.length;
    stage.eraser.lies = () => false;

    const { request } = await retryFailed(stage, done, by(done.submitter));
    const again = await retryFailed(stage, done, by(APPROVER));
    await runDue(stage);
    const second = await requestOf(stage, request.requestId);

    expect(again).toMatchObject({ isReplay: true, request: { requestId: request.requestId } });
    expect(second).toMatchObject({ state: "awaiting-approval", plan: { items: 2 } });
    await approved(stage, second);
    expect(await carriedOut(stage, second)).toMatchObject({ state: "completed" });
    const ids = stage.eraser.calls.slice(asked).map(({ sourceId }) => sourceId);
    expect(new Set(ids)).toEqual(new Set(["dataset-13.csv", "dataset-3.csv"]));
    expect(stage.source.assets).toEqual([]);
  });

  it("is about the workspace again when that is what failed", async () => {
    stage.eraser.lies = ({ kind }) => kind === "workspace";
    const first = await planned(stage, WHOLE);
    await approved(stage, first);
    const done = await carriedOut(stage, first);
    expect(done).toMatchObject({ result: { failed: 1, blockedBy: 20 } });

    const { request } = await retryFailed(stage, done, by(done.submitter));

    expect(request.scope).toEqual({ workspaces: [WORKSPACE.workspaceId] });
  });

  it("cannot be approved by whoever asked for it", async () => {
    stage.eraser.lies = ({ name }) => name === "3.csv";
    const first = await planned(stage, dataSets(...NAMES));
    await approved(stage, first);
    const done = await carriedOut(stage, first);

    const { request } = await retryFailed(stage, done, by(APPROVER));
    await runDue(stage);

    await expect(approved(stage, request, APPROVER)).rejects.toMatchObject({ code: "forbidden" });
    const own = approved(stage, request, done.submitter);
    await expect(own).rejects.toMatchObject({ code: "forbidden" });
  });

  it("has nothing to do when nothing failed", async () => {
    const first = await planned(stage, dataSets(...NAMES));
    await approved(stage, first);
    const done = await carriedOut(stage, first);

    const retried = retryFailed(stage, done, by(done.submitter));

    await expect(retried).rejects.toMatchObject({ code: "state-conflict" });
  });
});
