import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { bagOf } from "../../support/bag.ts";
import { anIntake, requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const large = Buffer.alloc(50_000, "0123456789abcdef!");

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("small.csv", "a"), aDataset("large.bin", large)]);
});

/** Runs the reconciler a minute at a time, with everything it sends, until nothing is due. */
async function reconcileToEnd(): Promise<void> {
  for (let minute = 0; minute < 60; minute += 1) {
    stage.clock.advance(60_000);
    await reconcile(stage);
    await runToEnd(stage);
  }
}

describe("a worker that dies", () => {
  it("is followed by one that goes on from the staged blocks", async () => {
    let deaths = 3;
    stage.source.onChunk = (_asset, _key, offset) => {
      stage.clock.advance(3_000);
      if (offset > 20_000 && deaths > 0) {
        deaths -= 1;
        throw new Error("killed");
      }
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request.state).toBe("completed");
    expect((await bagOf(stage, request)).problems).toEqual([]);
    expect(stage.source.bytesRead).toBeLessThan(50_000 * 2);
    expect(stage.bus.deadLetters).toEqual([]);
  });

  it("cannot store anything any more when another has taken over", async () => {
    let release: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isFirst = true;
    stage.source.onChunk = async (_asset, _key, offset) => {
      if (!isFirst || offset < 30_000) return;
      isFirst = false;
      await paused;
    };
    const requestId = await submitted(stage);
    const zombie = stage.bus.drain((message) => runStep(stage, message));
    await expect.poll(() => isFirst).toBe(false);
    stage.clock.advance(stage.pace.leaseMs + stage.pace.resendAfterMs);
    await reconcile(stage);
    await runToEnd(stage);
    const sealed = await requestOf(stage, requestId);

    release();
    await zombie;

    expect(sealed.state).toBe("completed");
    expect(await requestOf(stage, requestId)).toEqual(sealed);
    expect((await bagOf(stage, sealed)).problems).toEqual([]);
  });
});

describe("the reconciler", () => {
  it("carries a request to its end when every message is lost", async () => {
    const lossy = { ...stage, bus: { ...stage.bus, send: async () => undefined } };
    const requestId = await submitted({ ...lossy, lines: stage.lines, source: stage.source });

    await reconcileToEnd();

    expect((await requestOf(stage, requestId)).state).toBe("completed");
  });

  it("sends a slice again when its message was lost", async () => {
    let isLost = true;
    const { send } = stage.bus;
    Object.assign(stage.bus, {
      send: async (outgoing: Parameters<typeof send>[0]) => {
        const kept = outgoing.filter(({ message }) => message.step !== "export" || !isLost);
        if (kept.length < outgoing.length) isLost = false;
        await send(kept);
      },
    });
    const requestId = await submitted(stage);
    await runToEnd(stage);
    expect((await requestOf(stage, requestId)).state).toBe("running");

    await reconcileToEnd();

    expect((await requestOf(stage, requestId)).state).toBe("completed");
  });

  it("sees that the last slice is settled when its worker died before saying so", async () => {
    const requestId = await submitted(stage);
    const { open } = stage.slices;
    let isDead = false;
    Object.assign(stage.slices, {
      open: async (...query: Parameters<typeof open>) => {
        const found = await open(...query);
        if (found.length > 0 || query[3] !== 1 || isDead) return found;
        isDead = true;
        // The message is gone with its worker.
        throw new Error("killed");
      },
    });
    await stage.bus.drain((message) => runStep(stage, message).catch(() => undefined));
    expect((await requestOf(stage, requestId)).state).toBe("running");

    await reconcileToEnd();

    expect((await requestOf(stage, requestId)).state).toBe("completed");
  });

  it("removes due rows that nothing needs any more", async () => {
    const requestId = await submitted(stage);
    await stage.dueIndex.add({ lookAt: "2026-01-15T08:00:30.000Z", requestId });
    await stage.dueIndex.add({ lookAt: "2026-01-15T08:00:40.000Z", requestId: "e".repeat(32) });
    await runToEnd(stage);

    stage.clock.advance(60 * 60_000 + stage.pace.lookAfterMs);
    await reconcile(stage);

    expect(await stage.dueIndex.until("9999", 10)).toEqual([]);
  });

  it("leaves the due row of a request that is just being stored", async () => {
    const { create } = stage.ledger;
    const down = async () => {
      throw new AppError("bus-unavailable", "The bus is down");
    };
    const ledger = {
      ...stage.ledger,
      create: async (...args: Parameters<typeof create>) => {
        stage.clock.advance(stage.pace.lookAfterMs * 2);
        await reconcile(stage);
        return create(...args);
      },
    };

    const { request } = await submit(
      { ...stage, ledger, bus: { send: down, publish: down } },
      anIntake(),
    );
    await reconcileToEnd();

    expect((await requestOf(stage, request.requestId)).state).toBe("completed");
  });

  it("looks at every request although one of them fails", async () => {
    const first = await submitted(stage);
    const second = await submitted(stage, { ...anIntake(), idempotencyKey: "ticket-8" });
    const { load } = stage.ledger;
    const [broken, whole] = [first, second].sort();
    const ledger = {
      ...stage.ledger,
      load: async (id: string) => (id === broken ? Promise.reject(new Error("broken")) : load(id)),
    };
    stage.clock.advance(stage.pace.lookAfterMs);

    const { looked, failed } = await reconcile({ ...stage, ledger });

    expect([looked, failed]).toEqual([2, 1]);

    const due = await stage.dueIndex.until(stage.clock.now(), 10);
    expect(due.map(({ requestId }) => requestId)).toEqual([broken]);
    expect(stage.lines.at(-1)).toContain(`"look-failed","requestId":"${broken}"`);
    expect((await requestOf(stage, whole ?? "")).lookAt).toBe("2026-01-15T08:02:00.000Z");
  });

  it("keeps one due row for a request that goes on", async () => {
    const requestId = await submitted(stage);
    stage.clock.advance(10_000);
    await commit(stage, requestId, { kind: "plan" });
    expect(await stage.dueIndex.until("9999", 10)).toHaveLength(1);

    for (let minute = 0; minute < 5; minute += 1) {
      stage.clock.advance(60_000);
      await Promise.all([reconcile(stage), reconcile(stage)]);
    }

    const { lookAt } = await requestOf(stage, requestId);
    expect(await stage.dueIndex.until("9999", 10)).toEqual([{ lookAt, requestId }]);
  });
});
