import type { ServiceBusClient } from "@azure/service-bus";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Broker, startBroker } from "../../../local/service-bus/broker.ts";
import { type ServiceBus, serviceBus } from "../../../shared/adapters/service-bus.ts";
import { serviceBusDeadLetters } from "../../../shared/adapters/service-bus-dead-letters.ts";
import { QUEUES, type Step } from "../../../shared/core/messages.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { redrive } from "../../../shared/pipeline/redrive.ts";
import { busClient, localEntities } from "../../support/broker.ts";
import { anIntake, requestOf } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage } from "../../support/stage.ts";
import { ManualClock } from "../../unit/service-bus/manual-clock.ts";

const MAX_DELIVERIES = 10;

let broker: Broker;
let client: ServiceBusClient;
let bus: ServiceBus;
const brokerClock = new ManualClock(Date.now());
beforeAll(async () => {
  broker = await startBroker({ port: 0, config: localEntities(), clock: brokerClock });
  client = busClient(broker.connectionString);
  bus = serviceBus(async () => busClient(broker.connectionString));
});
afterAll(async () => {
  await bus.close();
  await client.close();
  await broker.close();
});

/** The stages over the broker, on its time. */
function stageOnBroker() {
  const memory = memoryStage([aDataset("a.csv", "1")]);
  memory.clock.set(new Date(brokerClock.now()).toISOString());
  const deadLetters = serviceBusDeadLetters(async () => client, 100);
  const stage = { ...memory, bus, deadLetters };
  const advance = (ms: number) => {
    memory.clock.advance(ms);
    brokerClock.advance(ms);
  };
  return { stage, advance };
}

/** Gives every delivery of the step's next message back, until the broker gives up. Returns how many there were. */
async function giveUpOn(step: Step): Promise<number> {
  const receiver = client.createReceiver(QUEUES[step]);
  for (let deliveries = 0; ; deliveries += 1) {
    const [received] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 });
    if (received === undefined) {
      await receiver.close();
      return deliveries;
    }
    await receiver.abandonMessage(received);
  }
}

it("redrives what the broker gave up on, with longer waits each time, until the request is given up", async () => {
  const { stage, advance } = stageOnBroker();
  const { requestId } = (await submit(stage, anIntake())).request;
  const waits: number[] = [];
  for (;;) {
    expect(await giveUpOn("plan")).toBe(MAX_DELIVERIES);
    const runs = await Promise.all([redrive(stage), redrive(stage)]);
    expect(runs.reduce((sum, { looked }) => sum + looked, 0)).toBe(1);
    const { wakeAt } = await requestOf(stage, requestId);
    if (wakeAt === null) break;
    const waitMs = Date.parse(wakeAt) - Date.parse(stage.clock.now());
    waits.push(waitMs);
    advance(waitMs - 1);
    expect(await giveUpOn("plan")).toBe(0);
    advance(1);
  }

  expect(waits).toEqual([500, 1_000, 2_000]);
  const failure = { code: "gave-up" };
  expect(await requestOf(stage, requestId)).toMatchObject({ state: "failed", failure });
  expect(await redrive(stage)).toMatchObject({ looked: 0 });
}, 60_000);
