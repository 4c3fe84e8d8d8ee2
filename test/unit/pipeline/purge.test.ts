import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { takeRegister } from "../../../shared/pipeline/take-register.ts";
import { accepted, bytesLeft, ended } from "../../support/ended.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { aSubmission } from "../../support/requests.ts";
import { memoryStage, runToEnd, upkeepStage } from "../../support/stage.ts";

const HOUR_MS = 3_600_000;
const WAIT_MS = 5 * 60_000;

const newStage = (...args: Parameters<typeof memoryStage>) => upkeepStage(memoryStage(...args));
type UpkeepStage = ReturnType<typeof newStage>;

async function many(stage: UpkeepStage, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await ended(stage));
  stage.clock.advance(stage.pace.retentionMs + WAIT_MS);
  return ids;
}

/** Lets the removal of a container take so long, and tells how many were removed at once. */
function slow(stage: UpkeepStage, ms: number) {
  const seen = { calls: 0, open: 0, most: 0 };
  const { purge } = stage.packages;
  Object.assign(stage.packages, {
    purge: async (id: string) => {
      seen.calls += 1;
      seen.open += 1;
      seen.most = Math.max(seen.most, seen.open);
      await Promise.resolve();
      // Those that are removed at once share the time.
      stage.clock.advance(ms / seen.open);
      await purge(id);
      seen.open -= 1;
    },
  });
  return seen;
}

describe("one run", () => {
  it("purges 5,000 containers, half a second each, 16 at a time, each once, before its time is up", async () => {
    const stage = newStage();
    const ids = await many(stage, 5_000);
    const seen = slow(stage, 500);
    const startedAt = stage.clock.now();

    const run = await purgeExpired(stage);

    expect(run).toEqual({ looked: 5_000, failed: 0, hasMore: false });
    expect([seen.calls, seen.most]).toEqual([5_000, 16]);
    expect(await bytesLeft(stage, ids)).toBe(0);
    const tookMs = Date.parse(stage.clock.now()) - Date.parse(startedAt);
    expect(tookMs).toBeLessThan(stage.pace.stepMs);
  }, 180_000);

  it("stops when its time is up, says that there is more, and leaves that to the next", async () => {
    const stage = newStage([], { stepMs: 60_000 });
    const ids = await many(stage, 300);
    slow(stage, 16_000);

    const first = await purgeExpired(stage);
    const left = await bytesLeft(stage, ids);
    let runs = 1;
    while ((await purgeExpired(stage)).hasMore) runs += 1;

    expect(first).toMatchObject({ failed: 0, hasMore: true });
    expect(first.looked).toBeLessThan(100);
    expect(left).toBeGreaterThan(0);
    expect(runs).toBeGreaterThan(2);
    expect(await bytesLeft(stage, ids)).toBe(0);
  });
});

describe("every final state", () => {
  it.each(["completed", "completed-with-exceptions", "failed", "cancelled", "refused"])(
    "%s: the content goes when its time is over, and the personal data with it",
    async (state) => {
      const stage = newStage([aDataset("a.csv", "1"), aDataset("b.csv", "2")]);
      const requestId = await submitted(stage);
      const { retention, failure } = {
        retention: stage.pace,
        failure: { code: "internal", detail: "why" },
      };
      if (state === "completed-with-exceptions") stage.source.onFiles = missingB;
      if (state.startsWith("completed")) await runToEnd(stage);
      const { attempt } = await requestOf(stage, requestId);
      if (state === "failed")
        await commit(stage, requestId, { kind: "fail", attempt, failure, retention });
      if (state === "cancelled") await commit(stage, requestId, { kind: "cancel", retention });
      if (state === "refused")
        await commit(stage, requestId, { kind: "refuse", failure, retention });
      expect((await requestOf(stage, requestId)).state).toBe(state);

      stage.clock.advance(stage.pace.retentionMs + WAIT_MS - 1);
      expect((await purgeExpired(stage)).looked).toBe(0);
      stage.clock.advance(1);
      await purgeExpired(stage);
      expect(await bytesLeft(stage, [requestId])).toBe(0);
      stage.clock.advance(HOUR_MS);
      await purgeExpired(stage);

      const request = await requestOf(stage, requestId);
      expect(request.receiptAt).not.toBeNull();
      const list = (await stage.list.page({ limit: 10 })).items;
      expect(JSON.stringify([request, list])).not.toContain(aSubmission.submitter);
      const { groups } = await takeRegister(stage, null, null);
      expect(groups).toMatchObject([{ outcome: state, count: 1 }]);
      expect(await stage.purgeIndex.until("9999", 10)).toEqual([]);
    },
  );
});

it("leaves an export alone that has not ended, however old it is", async () => {
  const stage = newStage();
  const [requestId = ""] = await accepted(stage, 1);
  await stage.packages.create(requestId);
  await stage.packages.put({ requestId, name: "p/1" }, Buffer.from("personal"));
  stage.clock.advance(10 * stage.pace.retentionMs);

  const run = await purgeExpired(stage);

  expect([run.looked, await bytesLeft(stage, [requestId])]).toEqual([0, 8]);
});

it("removes what a worker that nobody knew of has written since", async () => {
  const stage = newStage();
  const [requestId = ""] = await many(stage, 1);
  await purgeExpired(stage);
  await stage.packages.create(requestId);
  await stage.packages.put({ requestId, name: "p/2" }, Buffer.from("late"));
  stage.clock.advance(HOUR_MS);

  await purgeExpired(stage);

  expect(await bytesLeft(stage, [requestId])).toBe(0);
});

it("keeps a guest's package for its own time", async () => {
  const stage = newStage();
  const id = await ended(stage, "guest");
  const { finishedAt, purgeAt } = await requestOf(stage, id);

  expect(Date.parse(purgeAt ?? "") - Date.parse(finishedAt ?? "")).toBe(8 * HOUR_MS);
});

async function missingB({ name }: { readonly name: string }): Promise<void> {
  if (name === "b.csv") throw new AppError("asset-not-found", "The asset is gone");
}
