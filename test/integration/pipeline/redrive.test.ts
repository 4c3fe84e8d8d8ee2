import { afterAll, beforeAll, expect, it } from "vitest";
import { serviceBusDeadLetters } from "../../../shared/adapters/service-bus-dead-letters.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { redrive } from "../../../shared/pipeline/redrive.ts";
import { type ClockedBroker, startClockedBroker } from "../../support/clocked-broker.ts";
import { anIntake, requestOf } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage } from "../../support/stage.ts";

let broker: ClockedBroker;
beforeAll(async () => {
  broker = await startClockedBroker();
});
afterAll(() => broker[Symbol.asyncDispose]());

/** The stages over the broker, on its time. */
function stageOnBroker() {
  const memory = memoryStage([aDataset("a.csv", "1")]);
  memory.clock.set(new Date(broker.clock.now()).toISOString());
  const deadLetters = serviceBusDeadLetters(async () => broker.client, 100);
  const stage = { ...memory, bus: broker.bus, deadLetters };
  const advance = (ms: number) => {
    memory.clock.advance(ms);
    broker.clock.advance(ms);
  };
  return { stage, advance };
}

/** Two hosts redrive at once, until a letter has come to them. Returns how many did. */
async function redriven(stage: ReturnType<typeof stageOnBroker>["stage"]): Promise<number> {
  for (;;) {
    const runs = await Promise.all([redrive(stage), redrive(stage)]);
    const looked = runs.reduce((sum, run) => sum + run.looked, 0);
    if (looked > 0) return looked;
  }
}

it("redrives what the broker gave up on, with longer waits each time, until the request is given up", async () => {
  const { stage, advance } = stageOnBroker();
  const { requestId } = (await submit(stage, anIntake())).request;
  const waits: number[] = [];
  for (;;) {
    await broker.giveUpOn("plan");
    expect(await broker.waiting("plan")).toEqual([]);
    expect(await redriven(stage)).toBe(1);
    const { wakeAt } = await requestOf(stage, requestId);
    if (wakeAt === null) break;
    const waitMs = Date.parse(wakeAt) - Date.parse(stage.clock.now());
    waits.push(waitMs);
    advance(waitMs - 1);
    expect(await broker.waiting("plan")).toEqual(["scheduled"]);
    advance(1);
  }

  expect(waits).toEqual([500, 1_000, 2_000]);
  const failure = { code: "gave-up" };
  expect(await requestOf(stage, requestId)).toMatchObject({ state: "failed", failure });
  expect(await redrive(stage)).toMatchObject({ looked: 0 });
}, 60_000);
