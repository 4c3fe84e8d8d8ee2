import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { packageLinks } from "../../../shared/pipeline/package-links.ts";
import { progressOf } from "../../../shared/pipeline/progress.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { bagOf } from "../../support/bag.ts";
import { anIntake, requestOf, submitted } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const large = Buffer.alloc(50_000, "0123456789abcdef!");

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([
    aDataset("orders.csv", "id,total\n1,10\n"),
    aDataset("Orders.csv", "id,total\n2,20\n"),
    aDataset('Risco "alto" / teste', large),
    aDataset("empty.txt", ""),
  ]);
});

describe("an export", () => {
  it("ends in a sealed package that is a valid bag of exactly what the source holds", async () => {
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({ state: "completed", failure: null, generation: 1 });
    const bag = await bagOf(stage, request);
    expect(Object.keys(bag.payload)).toEqual(
      [
        "data/workspace/datasets/orders.csv/metadata.json",
        "data/workspace/datasets/orders.csv/orders.csv",
        "data/workspace/datasets/Orders (2).csv/metadata.json",
        "data/workspace/datasets/Orders (2).csv/Orders.csv",
        "data/workspace/datasets/Risco _alto_ _ teste/metadata.json",
        "data/workspace/datasets/Risco _alto_ _ teste/Risco _alto_ _ teste",
        "data/workspace/datasets/empty.txt/empty.txt",
        "data/workspace/datasets/empty.txt/metadata.json",
      ].sort(),
    );
    expect(
      bag.payload["data/workspace/datasets/Risco _alto_ _ teste/Risco _alto_ _ teste"],
    ).toEqual(large);
    expect(bag.problems).toEqual([]);
  });

  it("records the digest of the manifest, the files and the bytes at the seal", async () => {
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    const { tags } = await bagOf(stage, request);
    const manifest = tags["manifest-sha256.txt"] ?? Buffer.alloc(0);
    expect(request.seal).toEqual({
      sealId: expect.stringMatching(/^[0-9a-f]{16}$/),
      manifestSha256: createHash("sha256").update(manifest).digest("hex"),
      files: 8,
      bytes:
        50_000 +
        28 +
        Buffer.byteLength('{"Name":"orders.csv"}{"Name":"Orders.csv"}{"Name":"empty.txt"}') +
        Buffer.byteLength(JSON.stringify({ Name: 'Risco "alto" / teste' })),
      exceptions: 0,
    });
    expect(await progressOf(stage, request)).toMatchObject({ items: 4, exceptions: 0 });
  });

  it("tells each state once, in order, without names", async () => {
    await submitted(stage);

    await runToEnd(stage);

    const states = stage.bus.events.map(
      ({ sequence, data }) => `${Number(sequence)} ${data.state}`,
    );
    expect(states).toEqual(["1 accepted", "2 planning", "3 running", "4 sealing", "5 completed"]);
    expect(JSON.stringify([stage.bus.events, stage.lines])).not.toMatch(/orders|Risco/i);
  });

  it("names an asset that fails for good, and keeps the others", async () => {
    stage.source.onFiles = (asset) => {
      if (asset.name === "Orders.csv")
        throw new AppError("workspace-unreadable", "Storage is gone");
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({
      state: "completed-with-exceptions",
      seal: { exceptions: 1, files: 6 },
    });
    const { tags, problems } = await bagOf(stage, request);
    expect(problems).toEqual([]);
    expect(JSON.parse(String(tags["exceptions.ndjson"]))).toEqual({
      workspace: WORKSPACE.workspaceId,
      kind: "dataset",
      file: null,
      sourceId: "dataset-Orders.csv",
      name: "Orders.csv",
      reason: "workspace-unreadable",
    });
  });

  it("waits as long as a throttled source asks, and fetches nothing twice", async () => {
    let isThrottled = true;
    stage.source.onFiles = (asset) => {
      if (isThrottled && asset.name === "empty.txt") {
        isThrottled = false;
        throw new AppError("source-throttled", "Slow down", { retryAfterMs: 120_000 });
      }
    };
    const requestId = await submitted(stage);
    const startedAt = stage.clock.now();

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request.state).toBe("completed");
    expect(Date.parse(stage.clock.now()) - Date.parse(startedAt)).toBe(126_000);
    expect(stage.source.bytesRead).toBe(request.seal?.bytes);
  });

  it("gives up an asset whose source does not recover, after the tries that are set", async () => {
    let calls = 0;
    stage.source.onFiles = (asset) => {
      if (asset.name !== "orders.csv") return;
      calls += 1;
      throw new AppError("source-unavailable", "The source is down");
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    expect((await requestOf(stage, requestId)).state).toBe("completed-with-exceptions");
    expect(calls).toBe(4);
  });

  it("goes on in another call when its time is up, from the blocks that are staged", async () => {
    stage.source.onChunk = (_asset, key, offset) => {
      if (key === "content" && offset > 0) stage.clock.advance(60_000);
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request.state).toBe("completed");
    expect((await bagOf(stage, request)).problems).toEqual([]);
    expect(stage.lines.filter((line) => line.includes("time-up")).length).toBeGreaterThan(3);
    // Each call reads at most a block and a chunk that the next one reads again.
    expect(stage.source.bytesRead).toBeLessThan(50_000 * 2);
  });
});

describe("links into a package", () => {
  it("are refused before the seal and after the purge", async () => {
    const requestId = await submitted(stage);
    const early = packageLinks(stage, await requestOf(stage, requestId));
    await expect(early).rejects.toMatchObject({ code: "package-not-ready" });
    await runToEnd(stage);

    stage.clock.advance(stage.pace.retentionMs);

    const late = packageLinks(stage, await requestOf(stage, requestId));
    await expect(late).rejects.toMatchObject({ code: "package-purged" });
  });

  it("never outlive the package", async () => {
    const requestId = await submitted(stage);
    await runToEnd(stage);
    stage.clock.advance(stage.pace.retentionMs - 60_000);

    const request = await requestOf(stage, requestId);
    const { expiresAt } = await packageLinks(stage, request);

    expect(expiresAt).toBe(request.purgeAt);
  });
});

describe("planning", () => {
  it("fails with its reason when the workspace does not exist", async () => {
    const requestId = await submitted(stage, anIntake({ workspaces: ["0".repeat(32)] }));

    await runToEnd(stage);

    expect(await requestOf(stage, requestId)).toMatchObject({
      state: "failed",
      failure: { code: "workspace-not-found" },
    });
  });

  it("waits for a person when the workspace is locked, and goes on when it is not any more", async () => {
    stage.source.onFind = () => {
      throw new AppError("workspace-locked", "A lock forbids it");
    };
    const requestId = await submitted(stage);
    await runToEnd(stage);
    expect(await requestOf(stage, requestId)).toMatchObject({
      state: "blocked",
      failure: { code: "workspace-locked" },
      wakeAt: "2026-01-16T08:00:00.000Z",
    });

    stage.source.onFind = () => undefined;
    stage.clock.advance(stage.pace.blockedMs + stage.pace.lookAfterMs);
    const { reconcile } = await import("../../../shared/pipeline/reconciler.ts");
    await reconcile(stage);
    await runToEnd(stage);

    expect((await requestOf(stage, requestId)).state).toBe("completed");
  });

  it("ignores a message that the ledger has overtaken", async () => {
    const requestId = await submitted(stage);
    const first = { requestId, step: "plan", slice: "", attempt: 1 } as const;
    await runToEnd(stage);

    await runStep(stage, first);

    expect((await requestOf(stage, requestId)).state).toBe("completed");
    expect(stage.lines.at(-1)).toContain('"event":"message-stale"');
  });
});
