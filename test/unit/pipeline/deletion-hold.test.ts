import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isCode } from "../../../shared/errors.ts";
import { holdRequest, releaseRequest } from "../../../shared/pipeline/hold.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { approved, dataSets, pass, planned, runDue } from "../../support/deletions.ts";
import { requestOf } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const NAMES = Array.from({ length: 16 }, (_unused, index) => `${index}.csv`);

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Run = {
  readonly stage: MemoryStage;
  readonly requestId: string;
  readonly wake: () => void;
  readonly askedAfter: number;
};

/**
 * Two workers delete; at a random ask of one of them a hold is placed. Time passes at random at every ask, and one
 * worker in five is put to sleep just before its call leaves, until `wake`.
 */
async function heldAtRandom(seed: number): Promise<Run> {
  const random = randomFrom(seed);
  const stage = memoryStage(
    NAMES.map((name) => aDataset(name, name)),
    { graceMs: 0 },
  );
  const request = await planned(stage, dataSets(...NAMES));
  const { requestId } = request;
  let wake: () => void = () => undefined;
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const holdAt = Math.floor(random() * NAMES.length);
  let asked = 0;
  let holding: ReturnType<typeof holdRequest> | null = null as ReturnType<
    typeof holdRequest
  > | null;
  let [isPlaced, askedAfter] = [false, 0];
  const hold = () =>
    holdRequest(stage, requestId, "litigation", "operator").finally(() => {
      isPlaced = true;
    });
  stage.eraser.onAsk = async () => {
    if (asked === holdAt) holding = hold();
    asked += 1;
    if (isPlaced) askedAfter += 1;
    stage.clock.advance(Math.floor(random() * 15_000));
    for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1) {
      await setImmediate();
      stage.clock.advance(1 + Math.floor(random() * 3_000));
    }
    if (random() < 0.2) await asleep;
  };
  await approved(stage, request);
  const workers = [1, 2].map(() => stage.bus.drain((message) => runStep(stage, message)));
  // Some workers sleep: nobody waits for those.
  await Promise.race([Promise.all(workers), turnsPass(80)]);
  stage.eraser.onAsk = () => undefined;
  // All workers may have fallen asleep before.
  await (holding ?? hold()).catch((error: unknown) => {
    if (!isCode(error, "state-conflict")) throw error;
  });
  return { stage, requestId, wake, askedAfter };
}

async function turnsPass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}

describe("a hold at a random moment", () => {
  it("is followed by no destructive call once it has taken effect, in 1,000 runs", async () => {
    let [late, before, sleepers] = [0, 0, 0];
    for (let seed = 1; seed <= 1000; seed += 1) {
      const { stage, requestId, wake, askedAfter } = await heldAtRandom(seed);
      await pass(stage, 3);
      // Each of two workers has two assets at a time: no more can have been past the last look.
      expect(askedAfter).toBeLessThanOrEqual(4);
      const held = await requestOf(stage, requestId);
      if (held.hold === "none") continue; // The hold came after the end.
      expect(held.hold).toBe("held");
      const effectiveAt = held.holdEffectiveAt ?? "";
      const calls = stage.eraser.calls.length;
      wake();
      await turnsPass(20);
      await pass(stage, 3);
      if (calls < NAMES.length) sleepers += 1;
      late += stage.eraser.calls.length - calls;
      late += stage.eraser.calls.filter(({ at }) => at > effectiveAt).length;
      before += calls;
    }
    expect(late).toBe(0);
    // Holds came in the middle of the work, not before or after all of it.
    expect(before).toBeGreaterThan(1000);
    expect(sleepers).toBeGreaterThan(500);
  }, 120_000);

  it("lets the deletion go on where it was once it is released", async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { stage, requestId, wake } = await heldAtRandom(seed);
      await pass(stage, 3);
      wake();

      await releaseRequest(stage, requestId, "settled", "operator");
      await pass(stage, 40);

      const done = await requestOf(stage, requestId);
      expect(done).toMatchObject({ state: "completed", hold: "none" });
      expect(stage.source.assets).toEqual([]);
      const ids = stage.eraser.calls.map(({ sourceId }) => sourceId);
      expect(new Set(ids).size).toBe(NAMES.length);
    }
  }, 60_000);
});

describe("a hold", () => {
  it("takes effect at once when nobody works on the request, and is told", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);

    const held = await holdRequest(stage, request.requestId, "litigation", "operator");

    expect(held).toMatchObject({ hold: "held", holdEffectiveAt: stage.clock.now() });
    expect(stage.bus.events.at(-1)?.type).toBe("studio-dsr.request.held.v1");
  });

  it("outlasts the grace period, and the deletion begins when it is released", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")], { graceMs: 60_000 });
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    await holdRequest(stage, request.requestId, "litigation", "operator");
    await pass(stage, 60);
    const { state, historyCount } = await requestOf(stage, request.requestId);
    expect([state, stage.eraser.calls.length]).toEqual(["scheduled", 0]);
    await pass(stage, 60);
    expect((await requestOf(stage, request.requestId)).historyCount).toBe(historyCount);

    await releaseRequest(stage, request.requestId, "settled", "operator");
    await runDue(stage);
    await pass(stage, 5);

    expect(await requestOf(stage, request.requestId)).toMatchObject({ state: "completed" });
  });
});
