import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { holdRequest, releaseRequest } from "../../../shared/pipeline/hold.ts";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { approved, dataSets, outcomesOf, pass, planned } from "../../support/deletions.ts";
import { requestOf } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const NAMES = ["a.csv", "b.csv", "c.csv"];

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage(
    NAMES.map((name) => aDataset(name, name)),
    { graceMs: 60_000 },
  );
});

describe("the reconciler", () => {
  it.each(["start", "delete", "verify"])(
    "carries a deletion to its end when its first %s messages are lost",
    async (step) => {
      const request = await planned(stage, dataSets(...NAMES));
      const { send } = stage.bus;
      let lost = 0;
      Object.assign(stage.bus, {
        send: async (outgoing: Parameters<typeof send>[0]) => {
          const kept = outgoing.filter(({ message }) => message.step !== step || lost >= 2);
          lost += outgoing.length - kept.length;
          await send(kept);
        },
      });
      await approved(stage, request);

      await pass(stage, 120);

      expect(lost).toBe(2);
      expect(await requestOf(stage, request.requestId)).toMatchObject({
        state: "completed",
        result: { deleted: 3 },
      });
      const asked = stage.eraser.calls.map(({ sourceId }) => sourceId);
      expect(new Set(asked).size).toBe(asked.length);
    },
  );

  it("takes the second look although its message is lost", async () => {
    const request = await planned(stage, dataSets(...NAMES));
    await approved(stage, request);
    await pass(stage, 30);
    const { drain } = stage.bus;
    // The message of the second look waits on the bus: it is taken and dropped.
    stage.clock.advance(stage.pace.secondLookMs);
    await drain(async () => undefined);
    stage.source.assets.push(aDataset("b.csv", "again"));

    await pass(stage, 60);

    expect(await requestOf(stage, request.requestId)).toMatchObject({ returned: 1 });
  });

  it("issues a receipt and tells the end soon after a crash at the end, however far the second look is", async () => {
    const request = await planned(stage, dataSets(...NAMES));
    const { send, publish } = stage.bus;
    let lost = 0;
    const away = new AppError("bus-unavailable", "The bus is away");
    Object.assign(stage.bus, {
      send: async (outgoing: Parameters<typeof send>[0]) => {
        await send(outgoing.filter(({ message }) => message.step !== "receipt"));
      },
      publish: async (events: Parameters<typeof publish>[0]) => {
        lost += events.some(({ data }) => data.state === "completed") ? 1 : 0;
        if (lost === 1) throw away;
        await publish(events);
      },
    });
    await approved(stage, request);

    await pass(stage, 10);

    const done = await requestOf(stage, request.requestId);
    expect(done).toMatchObject({ state: "completed", receiptAt: expect.any(String) });
    expect(done.receiptAt && done.receiptAt < (done.secondLookAt ?? "")).toBe(true);
    expect(stage.bus.events.map(({ type }) => type)).toContain("studio-dsr.request.completed.v1");
    // From now on it only waits.
    expect((done.lookAt ?? "") > (done.secondLookAt ?? "")).toBe(true);
  });

  it("tells the end soon when it could be told neither at the end nor with the receipt", async () => {
    const request = await planned(stage, dataSets(...NAMES));
    const { publish } = stage.bus;
    let refused = 0;
    Object.assign(stage.bus, {
      publish: async (events: Parameters<typeof publish>[0]) => {
        const isEnd = events.some(({ type }) => type === "studio-dsr.request.completed.v1");
        if (isEnd && refused < 2) {
          refused += 1;
          throw new AppError("bus-unavailable", "The bus is away");
        }
        await publish(events);
      },
    });
    await approved(stage, request);

    await pass(stage, 10);

    const done = await requestOf(stage, request.requestId);
    expect([refused, done.receiptAt]).toEqual([2, expect.any(String)]);
    expect(stage.bus.events.map(({ type }) => type)).toContain("studio-dsr.request.completed.v1");
  });

  it("goes on asking for an operation that was running when its message was lost", async () => {
    stage.eraser.polls = 4;
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    await pass(stage, 2);
    await stage.bus.drain(async () => undefined);
    stage.clock.advance(60_000);
    await stage.bus.drain(async () => undefined);

    await pass(stage, 120);

    const done = await requestOf(stage, request.requestId);
    expect(await outcomesOf(stage, done)).toMatchObject([{ outcome: "deleted" }]);
    expect(stage.eraser.calls).toHaveLength(1);
  });

  it("tells of a second look that could not be taken, and lets the request be", async () => {
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    await pass(stage, 30);
    Object.assign(stage.eraser, {
      remaining: async () => {
        throw new Error("not now");
      },
    });
    stage.clock.advance(stage.pace.secondLookMs);

    await pass(stage, 60);
    await reconcile(stage);

    const later = await requestOf(stage, request.requestId);
    expect(later).toMatchObject({ state: "completed", returned: null, secondLookAt: null });
    expect(stage.bus.events.at(-1)?.type).toBe("studio-dsr.request.second-look-failed.v1");
    expect(await stage.dueIndex.until("9999", 10)).toEqual([]);
  });

  it("is found by the reconciler when it was released late and what it owes could not be sent", async () => {
    const request = await planned(stage, dataSets("a.csv"));
    await approved(stage, request);
    await holdRequest(stage, request.requestId, "litigation", "operator");
    stage.clock.advance(stage.pace.graceMs);
    await pass(stage, 90);
    const { add } = stage.dueIndex;
    const dueIndex = {
      ...stage.dueIndex,
      // A run of the reconciler between the row and the change that needs it.
      add: async (due: Parameters<typeof add>[0]) => {
        await add(due);
        await reconcile(stage);
      },
    };
    const bus = { ...stage.bus, send: () => Promise.reject(new AppError("bus-unavailable", "")) };

    await releaseRequest({ ...stage, dueIndex, bus }, request.requestId, "settled", "operator");
    await pass(stage, 60);

    expect((await requestOf(stage, request.requestId)).state).toBe("completed");
  });
});
