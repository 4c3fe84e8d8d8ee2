import { expect, it } from "vitest";
import { AppError, type ErrorCode } from "../../../shared/errors.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { accepted, bytesLeft } from "../../support/ended.ts";
import { memoryStage, upkeepStage } from "../../support/stage.ts";

const HOUR_MS = 3_600_000;
const WAIT_MS = 5 * 60_000;

/** Three cancelled requests that are to be purged and owe their receipt, which the store refuses for the second. */
async function three(code: ErrorCode) {
  const stage = upkeepStage(memoryStage());
  const ids = await accepted(stage, 3);
  for (const requestId of ids) {
    await stage.packages.create(requestId);
    await stage.packages.put({ requestId, name: "p/1" }, Buffer.from("personal"));
    await commit(stage, requestId, { kind: "cancel", retention: stage.pace });
  }
  const second = ids[1] ?? "";
  const { put } = stage.receipts;
  const state = { isRefused: true };
  Object.assign(stage.receipts, {
    put: async (...args: Parameters<typeof put>) => {
      if (args[0] === second && state.isRefused) throw new AppError(code, "No receipt");
      return put(...args);
    },
  });
  stage.clock.advance(stage.pace.retentionMs + WAIT_MS);
  return { stage, ids, second, state };
}

it("goes on with a request whose receipt can't be made any more, and tells of it", async () => {
  const { stage, ids, second } = await three("package-corrupt");

  const run = await purgeExpired(stage);

  expect(run).toEqual({ looked: 3, failed: 0, hasMore: false });
  expect(await bytesLeft(stage, ids)).toBe(0);
  const told = stage.lines.filter((line) => line.includes("look-failed"));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`"requestId":"${second}","code":"package-corrupt"`);
});

it("waits for a receipt that can be made later, and keeps none of the others", async () => {
  const { stage, ids, second, state } = await three("store-unavailable");

  const run = await purgeExpired(stage);
  const left = [await bytesLeft(stage, ids), await bytesLeft(stage, [second])];
  state.isRefused = false;
  stage.clock.advance(HOUR_MS);
  await purgeExpired(stage);

  expect([run.looked, run.failed]).toEqual([3, 1]);
  expect(left).toEqual([8, 8]);
  expect(await bytesLeft(stage, ids)).toBe(0);
  expect(await stage.receipts.read(second)).not.toBeNull();
});

it("waits for a receipt for a day, and no longer", async () => {
  const { stage, second } = await three("store-unavailable");

  stage.clock.advance(24 * HOUR_MS - 1);
  await purgeExpired(stage);
  const left = await bytesLeft(stage, [second]);
  stage.clock.advance(1);
  const run = await purgeExpired(stage);

  expect([left, run.failed, await bytesLeft(stage, [second])]).toEqual([8, 0, 0]);
});
