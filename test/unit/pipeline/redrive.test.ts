import { describe, expect, it } from "vitest";
import type { Step } from "../../../shared/core/messages.ts";
import { AppError } from "../../../shared/errors.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { redrive } from "../../../shared/pipeline/redrive.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { runUpkeep } from "../../../shared/pipeline/upkeep.ts";
import { outgoing, sampleMessage } from "../../support/contracts/samples.ts";
import { approved, dataSets, planned } from "../../support/deletions.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { runMortal } from "../../support/mortal.ts";
import { type MemoryStage, memoryStage, runToEnd, upkeepStage } from "../../support/stage.ts";

const newStage = () => memoryStage([aDataset("a.csv", "1")], { graceMs: 0 });

/** Delivers what is due; every message of that step is given up by the broker. */
async function poisoned(stage: MemoryStage, poison: Step): Promise<void> {
  await stage.bus.drain(async (message) => {
    if (message.step === poison) throw new Error("The process died");
    await runStep(stage, message);
  });
}

/** An export, or a deletion that was approved, of which the broker has given up on that step. */
async function givenUp(stage: MemoryStage, step: Step): Promise<string> {
  if (step !== "delete" && step !== "verify") {
    const requestId = await submitted(stage);
    await poisoned(stage, step);
    return requestId;
  }
  const request = await planned(stage, dataSets("a.csv"));
  await approved(stage, request);
  stage.clock.advance(1);
  await poisoned(stage, step);
  return request.requestId;
}

describe.each(["plan", "start", "export", "seal", "zip", "delete", "verify"] as const)(
  "a message of the step %s that was delivered too often",
  (step) => {
    it("comes again after a wait, and the request goes on", async () => {
      const stage = newStage();
      const requestId = await givenUp(stage, step);
      expect(stage.bus.deadLetters.map(({ message }) => message.step)).toEqual([step]);

      const run = await redrive(stage);
      const waitsUntil = stage.bus.nextAt() ?? "";
      await runToEnd(stage);

      expect(run).toEqual({ looked: 1, failed: 0, hasMore: false });
      expect(waitsUntil > "2026-01-15T08:00:00.001Z").toBe(true);
      const request = await requestOf(stage, requestId);
      expect(request).toMatchObject({ state: "completed" });
      expect(request.zip?.failure ?? null).toBeNull();
      expect(await redrive(stage)).toMatchObject({ looked: 0 });
    });

    it("comes again with ever longer waits, four times in all, and is given up then", async () => {
      const stage = newStage();
      const requestId = await givenUp(stage, step);
      const waits: number[] = [];
      while ((await redrive(stage)).looked > 0) {
        const next = stage.bus.nextAt() ?? "";
        // What is sent at the end is not for later: the receipt.
        if (next <= stage.clock.now()) continue;
        waits.push(Date.parse(next) - Date.parse(stage.clock.now()));
        stage.clock.set(next);
        await poisoned(stage, step);
      }

      expect(waits).toEqual([500, 1_000, 2_000]);
      const request = await requestOf(stage, requestId);
      const gaveUp = { failure: { code: "gave-up" } };
      expect(request).toMatchObject(
        step === "zip" ? { zip: gaveUp } : { state: "failed", ...gaveUp },
      );
    });
  },
);

describe("a dead letter is dropped, and nothing is sent,", () => {
  it.each<[string, (stage: MemoryStage, requestId: string) => Promise<unknown>]>([
    [
      "when its request has ended",
      (stage, requestId) => commit(stage, requestId, { kind: "cancel", retention: stage.pace }),
    ],
    [
      "when somebody has sent the slice again",
      async (stage, requestId) => {
        const stored = await stage.slices.load(requestId, "001-01-000001");
        if (stored === null) throw new Error("There is no such slice");
        const slice = { ...stored.value, attempt: stored.value.attempt + 1 };
        await stage.slices.save(requestId, slice, stored.version);
      },
    ],
    [
      "when a worker holds the slice",
      async (stage, requestId) => {
        const stored = await stage.slices.load(requestId, "001-01-000001");
        if (stored === null) throw new Error("There is no such slice");
        const slice = { ...stored.value, leaseUntil: "2026-01-15T09:00:00.000Z" };
        await stage.slices.save(requestId, slice, stored.version);
      },
    ],
  ])("%s", async (_why, happens) => {
    const stage = newStage();
    const requestId = await givenUp(stage, "export");
    await happens(stage, requestId);
    await stage.bus.drain(async () => undefined);

    const run = await redrive(stage);

    expect(run).toMatchObject({ looked: 1, failed: 0 });
    expect(stage.bus.nextAt()).toBeNull();
    expect(await redrive(stage)).toMatchObject({ looked: 0 });
  });

  it("when nobody knows its request", async () => {
    const stage = newStage();
    await stage.bus.send([outgoing(sampleMessage("f".repeat(32)))]);
    await poisoned(stage, "export");

    expect(await redrive(stage)).toMatchObject({ looked: 1, failed: 0 });
    expect(stage.bus.nextAt()).toBeNull();
  });
});

describe("a redrive", () => {
  it("keeps a letter that it cannot record, tells of it, and takes it in the next run", async () => {
    const stage = newStage();
    const requestId = await givenUp(stage, "plan");
    const load = async () => Promise.reject(new AppError("store-unavailable", "Away"));

    const run = await redrive({ ...stage, ledger: { ...stage.ledger, load } });

    expect(run).toMatchObject({ looked: 1, failed: 1 });
    expect(stage.lines.at(-1)).toContain(`"step-thrown","requestId":"${requestId}"`);
    expect(await redrive(stage)).toMatchObject({ looked: 1, failed: 0 });
    await runToEnd(stage);
    expect(await requestOf(stage, requestId)).toMatchObject({ state: "completed" });
  });

  it.each(["plan", "export"] as const)(
    "of a message %s that dies at any of its calls is followed by a timer that sends one message in all",
    async (step) => {
      for (let [atCall, hasDied] = [1, true]; hasDied; atCall += 1) {
        hasDied = false;
        for (const isMade of [false, true]) {
          const stage = newStage();
          const requestId = await givenUp(stage, step);
          if (!(await runMortal(stage, { atCall, isMade }, redrive))) hasDied = true;
          stage.clock.advance(stage.pace.lookAfterMs + stage.pace.backoff.capMs);
          const host = upkeepStage(stage);
          const run = () => runUpkeep(host, "reconcile", stage.pace.stepMs);
          await Promise.all([run(), run()]);
          stage.clock.advance(stage.pace.backoff.capMs);

          const again: number[] = [];
          await stage.bus.drain(async (message) => {
            if (message.step === step) again.push(message.attempt);
            await runStep(stage, message);
          });
          expect(again).toEqual([2]);
          expect(await requestOf(stage, requestId)).toMatchObject({ state: "completed" });
        }
      }
    },
  );
});
