import { beforeEach, describe, expect, it } from "vitest";
import { commit } from "../../../shared/pipeline/commit.ts";
import { packageLinks } from "../../../shared/pipeline/package-links.ts";
import { planView } from "../../../shared/pipeline/plan-view.ts";
import { approved, carriedOut, outcomesOf, pass, planned, WHOLE } from "../../support/deletions.ts";
import { requestOf } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n"), aDataset("b.csv", "id\n2\n")], {
    graceMs: 60_000,
  });
});

describe("a deletion that exports first", () => {
  it("seals the package, waits for approval of a plan that covers it, and only then deletes", async () => {
    const request = await planned(stage, WHOLE, true);

    expect(request).toMatchObject({ state: "awaiting-approval", generation: 2 });
    const plan = await planView(stage, request);
    expect(plan.package).toEqual({ manifestSha256: request.seal?.manifestSha256, exceptions: 0 });
    expect((await packageLinks(stage, request)).files.length).toBeGreaterThan(4);
    expect(stage.eraser.calls).toEqual([]);

    await approved(stage, request);
    expect(await carriedOut(stage, request)).toMatchObject({ state: "completed" });
    expect(stage.source.isWorkspaceGone).toBe(true);
  });

  it("keeps the package until some time after the whole request has ended", async () => {
    const request = await planned(stage, WHOLE, true);
    expect(request.purgeAt).toBeNull();
    stage.clock.advance(stage.pace.retentionMs * 2);
    await approved(stage, request);

    const done = await carriedOut(stage, request);

    const keptMs = Date.parse(done.purgeAt ?? "") - Date.parse(done.finishedAt ?? "");
    expect(keptMs).toBe(stage.pace.retentionMs);
  });

  it("has links that do not outlive the package, were the request to end at once", async () => {
    stage = memoryStage(stage.source.assets, { retentionMs: 600_000 });
    const request = await planned(stage, WHOLE, true);

    const { expiresAt } = await packageLinks(stage, request);
    await commit(stage, request.requestId, { kind: "cancel", retention: stage.pace });

    expect(expiresAt).toBe((await requestOf(stage, request.requestId)).purgeAt);
  });

  it("has another hash for another package of the same workspace", async () => {
    const other = memoryStage([aDataset("a.csv", "id\n9\n"), aDataset("b.csv", "id\n2\n")]);

    const [one, two] = [await planned(stage, WHOLE, true), await planned(other, WHOLE, true)];

    expect(one.plan?.planHash).not.toBe(two.plan?.planHash);
  });

  it("makes no call when a byte of the stored package is not as it was sealed", async () => {
    const request = await planned(stage, WHOLE, true);
    await approved(stage, request);
    const { read } = stage.packages;
    Object.assign(stage.packages, {
      read: async (...args: Parameters<typeof read>) => {
        const bytes = Buffer.concat(await Array.fromAsync(await read(...args)));
        if (args[0].name.startsWith("p/")) bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
        return (async function* () {
          yield bytes;
        })();
      },
    });

    await pass(stage, 5);

    expect(await requestOf(stage, request.requestId)).toMatchObject({
      state: "failed",
      failure: { code: "package-corrupt" },
    });
    expect(stage.eraser.calls).toEqual([]);
  });

  it("goes on with a large package in another call when the time of one is used up", async () => {
    const request = await planned(stage, WHOLE, true);
    await approved(stage, request);
    const { read } = stage.packages;
    let verified = 0;
    Object.assign(stage.packages, {
      read: async (...args: Parameters<typeof read>) => {
        if (args[0].name.startsWith("p/")) {
          verified += 1;
          stage.clock.advance(stage.pace.stepMs + 1);
        }
        return read(...args);
      },
    });

    const done = await carriedOut(stage, request);

    expect(done.state).toBe("completed");
    expect(verified).toBe(request.seal?.files);
  });

  it("keeps what came or changed after the export, and the workspace with it", async () => {
    const { create } = stage.packages;
    Object.assign(stage.packages, {
      create: async (requestId: string) => {
        // The second plan is made after the seal.
        if ((await requestOf(stage, requestId)).sealedAt !== null) {
          stage.source.assets.push(aDataset("late.csv", "3"));
        }
        await create(requestId);
      },
    });
    const request = await planned(stage, WHOLE, true);
    await approved(stage, request);

    const done = await carriedOut(stage, request);

    expect(done.state).toBe("completed-with-exceptions");
    expect(stage.source.assets.map(({ asset }) => asset.name)).toEqual(["late.csv"]);
    const kept = (await outcomesOf(stage, done)).filter(({ outcome }) => outcome !== "deleted");
    expect(kept.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["workspace", "not-deletable"],
      ["dataset", "not-deletable"],
    ]);
  });
});
