import { expect, it } from "vitest";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { bytesLeft, ended } from "../../support/ended.ts";
import { requestOf } from "../../support/intakes.ts";
import { runMortal } from "../../support/mortal.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { memoryStage, upkeepStage } from "../../support/stage.ts";

const HOUR_MS = 3_600_000;
const WAIT_MS = 5 * 60_000;
const EACH_HOUR = 20;
/** So many hours exports end; the fires go on until the last of them is long past its time. */
const HOURS = 60;
const FIRES = 100;

type UpkeepStage = ReturnType<typeof upkeepStage>;

/** Tells which fire asked to remove which container, how often. */
function watched(stage: UpkeepStage): Map<string, string[]> {
  const removals = new Map<string, string[]>();
  const { purge } = stage.packages;
  Object.assign(stage.packages, {
    purge: async (id: string) => {
      removals.set(id, [...(removals.get(id) ?? []), stage.clock.now()]);
      await purge(id);
    },
  });
  return removals;
}

/** The stage as a host has it that is now and then behind the other. */
function host(stage: UpkeepStage, random: Random): UpkeepStage {
  const { load } = stage.ledger;
  const late = async (id: string) => {
    for (let turns = random.below(6); turns > 0; turns -= 1) await Promise.resolve();
    return load(id);
  };
  return { ...stage, ledger: { ...stage.ledger, load: late } };
}

it("two hosts that fire together 100 times, five times missed, purge each export once, none early, and leave no byte", async () => {
  const pace = { retentionMs: 30 * HOUR_MS, requestDataMs: 40 * HOUR_MS };
  const stage = upkeepStage(memoryStage([], pace));
  const removals = watched(stage);
  const random = createRandom(4);
  const hosts = [host(stage, random), host(stage, random)];
  const keptUntil = new Map<string, string>();
  const early: string[] = [];
  let [fires, left] = [0, 0];
  for (let hour = 0; fires < FIRES; hour += 1) {
    const ends = hour < HOURS ? EACH_HOUR : 0;
    for (let made = 0; made < ends; made += 1) {
      const id = await ended(stage, random.below(4) === 0 ? "guest" : "standard");
      keptUntil.set(id, (await requestOf(stage, id)).purgeAt ?? "");
      stage.clock.advance(random.below((2 * HOUR_MS) / EACH_HOUR));
    }
    stage.clock.advance(HOUR_MS);
    if (hour >= 50 && hour < 55) continue;
    await Promise.all(hosts.map((each) => purgeExpired(each)));
    fires += 1;
    const past = new Date(Date.parse(stage.clock.now()) - WAIT_MS).toISOString();
    const expired = [...keptUntil].filter(([, until]) => until <= past).map(([id]) => id);
    left += await bytesLeft(stage, expired);
    for (const id of removals.keys()) if ((keptUntil.get(id) ?? "") > past) early.push(id);
  }

  const first = [...removals.values()].map((at) => at.filter((each) => each === at[0]).length);
  expect({ exports: removals.size, left, early }).toEqual({
    exports: HOURS * EACH_HOUR,
    left: 0,
    early: [],
  });
  expect(new Set(first)).toEqual(new Set([1]));
  const events = stage.bus.events.filter(({ type }) => type.endsWith(".purged.v1"));
  expect(events).toHaveLength(keptUntil.size);
  expect(new Set(events.map(({ subject }) => subject)).size).toBe(keptUntil.size);
  expect(await stage.purgeIndex.until("9999", 10)).toEqual([]);
}, 180_000);

it("a purge that dies at any of its calls is carried on by the next, and is told once", async () => {
  for (let [atCall, hasDied] = [1, true]; hasDied; atCall += 1) {
    hasDied = false;
    for (const isMade of [false, true]) {
      const stage = upkeepStage(memoryStage());
      const id = await ended(stage);
      stage.clock.advance(stage.pace.retentionMs + WAIT_MS);
      const death = { atCall, isMade };
      if (!(await runMortal(stage, death, (own) => purgeExpired(own)))) hasDied = true;
      for (let fire = 0; fire < 3; fire += 1) {
        stage.clock.advance(HOUR_MS);
        await purgeExpired(stage);
      }

      expect(await bytesLeft(stage, [id])).toBe(0);
      const { purgedAt, erasedAt } = await requestOf(stage, id);
      expect([purgedAt, erasedAt]).not.toContain(null);
      const types = stage.bus.events.map(({ type }) => type);
      expect(types.filter((type) => type.endsWith(".purged.v1"))).toHaveLength(1);
      expect(await stage.purgeIndex.until("9999", 10)).toEqual([]);
    }
  }
});
