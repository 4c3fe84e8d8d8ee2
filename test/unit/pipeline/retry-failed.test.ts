import { beforeEach, describe, expect, it } from "vitest";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import { retryFailed } from "../../../shared/pipeline/retry-failed.ts";
import { bagOf } from "../../support/bag.ts";
import { anIntake, requestOf, submitted } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const RETRYING = { actor: "operator", traceParent: null };

let stage: MemoryStage;
let failing: ReadonlySet<string>;
beforeEach(() => {
  failing = new Set(["b.csv", "c.csv"]);
  stage = memoryStage(["a.csv", "b.csv", "c.csv"].map((name) => aDataset(name, name)));
  stage.source.onFiles = ({ name }) => {
    if (failing.has(name)) throw new AppError("workspace-unreadable", "Storage is gone");
  };
});

async function ended(): Promise<PrivacyRequest> {
  const requestId = await submitted(stage);
  await runToEnd(stage);
  return requestOf(stage, requestId);
}

/** The names of the exported assets' folders, and what could not be exported. */
async function contentOf(requestId: string) {
  const request = await requestOf(stage, requestId);
  const { payload, tags, problems } = await bagOf(stage, request);
  expect(problems).toEqual([]);
  const exceptions = String(tags["exceptions.ndjson"] ?? "")
    .split("\n")
    .filter(Boolean);
  return {
    state: request.state,
    folders: [...new Set(Object.keys(payload).map((path) => path.split("/")[3]))],
    exceptions: exceptions.map((line) => JSON.parse(line)),
    info: String(tags["bag-info.txt"]),
  };
}

describe("a retry", () => {
  it("is a new request of the same submitter for exactly the assets that failed", async () => {
    const original = await ended();
    failing = new Set(["c.csv"]);

    const { request, isReplay } = await retryFailed(stage, original, RETRYING);
    await runToEnd(stage);

    expect(isReplay).toBe(false);
    expect(request).toMatchObject({
      retryOf: original.requestId,
      submitter: original.submitter,
      scope: {
        assets: ["b.csv", "c.csv"].map((name) => ({
          kind: "dataset",
          id: `dataset-${name}`,
          workspace: WORKSPACE.workspaceId,
        })),
      },
    });
    const content = await contentOf(request.requestId);
    expect(content).toMatchObject({
      state: "completed-with-exceptions",
      folders: ["b.csv"],
      exceptions: [{ name: "c.csv" }],
    });
    expect(content.info).toContain(`Bag-Group-Identifier: ${original.requestId}\n`);
    expect(await requestOf(stage, original.requestId)).toEqual(original);
  });

  it("is the same request each time, and can be retried itself", async () => {
    const original = await ended();
    const first = await retryFailed(stage, original, RETRYING);
    await runToEnd(stage);

    const again = await retryFailed(stage, original, { ...RETRYING, actor: "somebody-else" });
    const next = await retryFailed(
      stage,
      await requestOf(stage, first.request.requestId),
      RETRYING,
    );

    expect(again.isReplay).toBe(true);
    expect(again.request.requestId).toBe(first.request.requestId);
    expect(next.request.requestId).not.toBe(first.request.requestId);
    expect(next.request.retryOf).toBe(first.request.requestId);
  });

  it("is one request when it is asked for twice at a time", async () => {
    const original = await ended();

    const both = await Promise.all([
      retryFailed(stage, original, RETRYING),
      retryFailed(stage, original, RETRYING),
    ]);

    expect(new Set(both.map(({ request }) => request.requestId)).size).toBe(1);
    expect(both.filter(({ isReplay }) => isReplay)).toHaveLength(1);
  });

  it("is refused when nothing failed, before the end, and after the purge", async () => {
    const original = await ended();
    failing = new Set();
    const whole = await submitted(stage, { ...anIntake(), idempotencyKey: "whole" });
    const early = await requestOf(stage, whole);
    await expect(retryFailed(stage, early, RETRYING)).rejects.toMatchObject({
      code: "state-conflict",
    });
    await runToEnd(stage);

    const complete = await requestOf(stage, whole);
    await expect(retryFailed(stage, complete, RETRYING)).rejects.toMatchObject({
      code: "state-conflict",
    });
    stage.clock.advance(stage.pace.retentionMs);
    await expect(retryFailed(stage, original, RETRYING)).rejects.toMatchObject({
      code: "package-purged",
    });
  });
});

describe("an export of single assets", () => {
  it("has these and no others, each once, and says which are not there", async () => {
    failing = new Set();
    const workspace = WORKSPACE.workspaceId;
    const ids = ["dataset-b.csv", "dataset-nowhere", "dataset-b.csv"];
    const assets = ids.map((id) => ({ kind: "dataset" as const, id, workspace }));

    const requestId = await submitted(stage, anIntake({ assets }));
    await runToEnd(stage);

    expect(await contentOf(requestId)).toMatchObject({
      state: "completed-with-exceptions",
      folders: ["b.csv"],
      exceptions: [{ kind: "dataset", sourceId: "dataset-nowhere", reason: "asset-not-found" }],
    });
    expect((await requestOf(stage, requestId)).plan).toMatchObject({ items: 2 });
  });
});
