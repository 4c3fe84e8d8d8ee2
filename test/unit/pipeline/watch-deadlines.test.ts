import { expect, it } from "vitest";
import { commit } from "../../../shared/pipeline/commit.ts";
import { extendRequest } from "../../../shared/pipeline/deadline-decisions.ts";
import { watchDeadlines } from "../../../shared/pipeline/watch-deadlines.ts";
import { accepted } from "../../support/ended.ts";
import { requestOf } from "../../support/intakes.ts";
import { runMortal } from "../../support/mortal.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const DAY_MS = 86_400_000;
const ALL = [7, 3, 1, 0];

/** The days of the warnings that were told, by request. */
function told(stage: MemoryStage): Map<string, (number | null)[]> {
  const warnings = stage.bus.events.filter(({ type }) => type.includes("deadline-at-risk"));
  const by = Map.groupBy(warnings, ({ subject }) => subject);
  return new Map([...by].map(([id, events]) => [id, events.map(({ data }) => data.daysLeft)]));
}

it("tells every warning of 10,000 requests exactly once, two hosts watching, five runs missed", async () => {
  const stage = memoryStage();
  const ids = await accepted(stage, 10_000);
  const { dueAt } = await requestOf(stage, ids[0] ?? "");
  stage.clock.set(dueAt);
  stage.clock.advance(-9 * DAY_MS);
  for (let day = 0; day < 11; day += 1) {
    stage.clock.advance(DAY_MS);
    // Five runs in a row are missed, and with them the warnings of 7 and of 3 days.
    if (day >= 1 && day < 6) continue;
    await Promise.all([watchDeadlines(stage), watchDeadlines(stage)]);
  }

  const all = told(stage);
  expect(all.size).toBe(ids.length);
  expect(new Set([...all.values()].map(String))).toEqual(new Set([String(ALL)]));
  expect(await stage.deadlineIndex.until("9999", 10)).toEqual([]);
}, 180_000);

it("tells each warning once although the watch dies at any of its calls", async () => {
  for (let [atCall, hasDied] = [1, true]; hasDied; atCall += 1) {
    hasDied = false;
    for (const isMade of [false, true]) {
      const stage = memoryStage();
      const [id = ""] = await accepted(stage, 1);
      stage.clock.set((await requestOf(stage, id)).dueAt);
      stage.clock.advance(-2 * DAY_MS);
      if (!(await runMortal(stage, { atCall, isMade }, watchDeadlines))) hasDied = true;
      stage.clock.advance(3 * DAY_MS);
      await watchDeadlines(stage);

      expect([...told(stage).values()]).toEqual([ALL]);
      expect(await stage.deadlineIndex.until("9999", 10)).toEqual([]);
    }
  }
});

it("puts no row into the past, where it would pass for one that a crash has left", async () => {
  const stage = memoryStage();
  const [id = ""] = await accepted(stage, 1);
  stage.clock.set((await requestOf(stage, id)).dueAt);
  const { deadlineIndex, clock } = stage;
  const late: string[] = [];
  const add: typeof deadlineIndex.add = async (due) => {
    if (due.lookAt < clock.now()) late.push(due.lookAt);
    await deadlineIndex.add(due);
  };
  await watchDeadlines({ ...stage, deadlineIndex: { ...deadlineIndex, add } });

  expect([...told(stage).values()]).toEqual([ALL]);
  expect(late).toEqual([]);
});

it("warns of no request that has ended, or whose clock stands still", async () => {
  const stage = memoryStage();
  const [cancelled = "", waiting = ""] = await accepted(stage, 2);
  await commit(stage, cancelled, { kind: "cancel", retention: stage.pace });
  const { calendar } = stage.statutory;
  await commit(stage, waiting, { kind: "await-identity", calendar });
  stage.clock.advance(60 * DAY_MS);

  await watchDeadlines(stage);

  expect(told(stage).size).toBe(0);
});

it("extends before the first date only, and warns anew of the new one", async () => {
  const stage = memoryStage();
  const [requestId = "", late = ""] = await accepted(stage, 2);
  const { dueAt } = await requestOf(stage, requestId);
  stage.clock.set(dueAt);
  await watchDeadlines(stage);
  const extended = await extendRequest(stage, requestId, "many requests", "operator");
  stage.clock.advance(1);

  await expect(extendRequest(stage, late, "too late", "operator")).rejects.toMatchObject({
    code: "state-conflict",
  });
  stage.clock.set(extended.dueAt);
  await watchDeadlines(stage);
  expect(extended.dueAt > dueAt).toBe(true);
  expect(told(stage).get(requestId)).toEqual([...ALL, ...ALL]);
  expect(told(stage).get(late)).toEqual(ALL);
  const entries = await Array.fromAsync(stage.ledger.history(requestId));
  expect(JSON.stringify(entries)).not.toContain("many requests");
});
