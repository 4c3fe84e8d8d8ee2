import { expect, it } from "vitest";
import { commit, create } from "../../../shared/pipeline/commit.ts";
import { extendRequest } from "../../../shared/pipeline/deadline-decisions.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { watchDeadlines } from "../../../shared/pipeline/watch-deadlines.ts";
import { newRequestId } from "../../support/contracts/samples.ts";
import { requestOf } from "../../support/intakes.ts";
import { aPlan, aSubmission } from "../../support/requests.ts";
import { memoryStage, upkeepStage } from "../../support/stage.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Accepts so many requests, without a message for each. */
async function accepted(stage: ReturnType<typeof memoryStage>, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newRequestId);
  Object.assign(stage.bus, { send: async () => undefined });
  for (const requestId of ids) await create(stage, { ...aSubmission, requestId });
  return ids;
}

/** Ends a request that has a container with a blob; a failed one, unless it is cancelled. */
async function ended(
  stage: ReturnType<typeof memoryStage>,
  requestId: string,
  isCancelled: boolean,
) {
  await stage.packages.create(requestId);
  await stage.packages.put({ requestId, name: "p/1" }, Buffer.from("personal"));
  const { attempt } = await requestOf(stage, requestId);
  const failure = { code: "internal", detail: "why" };
  const retention = stage.pace;
  if (isCancelled) await commit(stage, requestId, { kind: "cancel", retention });
  else await commit(stage, requestId, { kind: "fail", attempt, failure, retention });
}

async function bytesLeft(stage: ReturnType<typeof memoryStage>, ids: readonly string[]) {
  let bytes = 0;
  for (const id of ids) for await (const blob of stage.packages.list(id, "")) bytes += blob.bytes;
  return bytes;
}

it("tells every warning of 1,000 requests exactly once, two hosts watching, five runs missed", async () => {
  const stage = memoryStage();
  const ids = await accepted(stage, 1_000);
  stage.clock.advance(20 * DAY_MS);
  for (let day = 0; day < 20; day += 1) {
    stage.clock.advance(DAY_MS);
    // Five runs in a row are missed.
    if (day >= 2 && day < 7) continue;
    await Promise.all([watchDeadlines(stage), watchDeadlines(stage)]);
  }

  const warnings = stage.bus.events.filter(({ type }) => type.includes("deadline-at-risk"));
  const told = Map.groupBy(warnings, ({ subject }) => subject);
  expect(told.size).toBe(ids.length);
  for (const each of told.values()) {
    expect(each.map(({ data }) => data.daysLeft)).toEqual([7, 3, 1, 0]);
  }
  expect(await stage.deadlineIndex.until("9999", 10)).toEqual([]);
}, 30_000);

it("extends before the first date only, and warns anew of the new one", async () => {
  const stage = memoryStage();
  const [requestId = "", late = ""] = await accepted(stage, 2);
  const { dueAt } = await requestOf(stage, requestId);
  const extended = await extendRequest(stage, requestId, "many requests", "operator");
  stage.clock.set(new Date(Date.parse(dueAt) + 1).toISOString());

  expect(extended.dueAt > dueAt).toBe(true);
  await expect(extendRequest(stage, late, "too late", "operator")).rejects.toMatchObject({
    code: "state-conflict",
  });
  const entries = await Array.fromAsync(stage.ledger.history(requestId));
  expect(JSON.stringify(entries)).not.toContain("many requests");
});

it("purges nothing early, everything once with two hosts, and leaves no personal data", async () => {
  const stage = upkeepStage(memoryStage());
  const ids = await accepted(stage, 100);
  for (const [index, id] of ids.entries()) await ended(stage, id, index % 2 === 0);
  const purged: string[] = [];
  const { purge } = stage.packages;
  const isAlive = new Set(ids);
  Object.assign(stage.packages, {
    purge: async (id: string) => {
      if (isAlive.has(id)) purged.push(id);
      isAlive.delete(id);
      await purge(id);
    },
  });

  stage.clock.advance(stage.pace.retentionMs + 5 * 60_000 - 1);
  await Promise.all([purgeExpired(stage), purgeExpired(stage)]);
  expect(purged).toEqual([]);

  stage.clock.advance(1);
  await Promise.all([purgeExpired(stage), purgeExpired(stage)]);
  expect(await bytesLeft(stage, ids)).toBe(0);
  expect(purged.length).toBe(ids.length);

  stage.clock.advance(HOUR_MS);
  await purgeExpired(stage);
  const events = stage.bus.events.filter(({ type }) => type.endsWith(".purged.v1"));
  expect(new Set(events.map(({ subject }) => subject)).size).toBe(ids.length);
  expect(events).toHaveLength(ids.length);
  for (const id of ids) {
    const text = JSON.stringify(await requestOf(stage, id));
    expect(text).not.toContain(aSubmission.submitter);
    expect(text).not.toContain("TICKET-7");
  }
  expect(await stage.purgeIndex.until("9999", 10)).toEqual([]);
}, 30_000);

it("purges 5,000 containers over runs that end in time, each once", async () => {
  const stage = upkeepStage(memoryStage());
  const ids = await accepted(stage, 5_000);
  for (const id of ids) await ended(stage, id, true);
  stage.clock.advance(stage.pace.retentionMs + 5 * 60_000);
  const { purge } = stage.packages;
  let calls = 0;
  Object.assign(stage.packages, {
    purge: async (id: string) => {
      calls += 1;
      stage.clock.advance(1);
      await purge(id);
    },
  });

  const run = await purgeExpired(stage);

  expect([run.hasMore, run.failed, calls]).toEqual([false, 0, ids.length]);
  expect(await bytesLeft(stage, ids)).toBe(0);
}, 40_000);

it("keeps a guest's package for its own time", async () => {
  const stage = upkeepStage(memoryStage());
  const [id = ""] = await accepted(stage, 1);
  await commit(stage, id, { kind: "plan" });
  const guest = { ...stage.source.workspace, accountType: "guest" as const };
  await commit(stage, id, { kind: "planned", plan: { ...aPlan(1), workspaces: [guest] } });
  await ended(stage, id, true);
  const { finishedAt, purgeAt } = await requestOf(stage, id);

  expect(Date.parse(purgeAt ?? "") - Date.parse(finishedAt ?? "")).toBe(8 * HOUR_MS);
});
