import type { ServiceBusClient } from "@azure/service-bus";
import { startBroker } from "../../local/service-bus/broker.ts";
import { type ServiceBus, serviceBus } from "../../shared/adapters/service-bus.ts";
import { QUEUES, type Step } from "../../shared/core/messages.ts";
import { ManualClock } from "../unit/service-bus/manual-clock.ts";
import { busClient, localEntities } from "./broker.ts";

/** As the queues are set up: so many deliveries that end in nothing move a message to the dead letters. */
const MAX_DELIVERIES = 10;

/** The local broker with the app's queues, on a clock that a test moves; `await using` ends it. */
export interface ClockedBroker extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly client: ServiceBusClient;
  readonly bus: ServiceBus;
  /** Receives the next message of the step and gives it back, as often as the broker delivers it. */
  giveUpOn(step: Step): Promise<void>;
  /** Whether the messages that wait for the step are to be had now, or later. */
  waiting(step: Step): Promise<readonly string[]>;
}

/** Starts one. */
export async function startClockedBroker(): Promise<ClockedBroker> {
  const clock = new ManualClock(Date.now());
  const broker = await startBroker({ port: 0, config: localEntities(), clock });
  const client = busClient(broker.connectionString);
  const bus = serviceBus(async () => busClient(broker.connectionString));
  return {
    clock,
    client,
    bus,
    giveUpOn: async (step) => {
      const receiver = client.createReceiver(QUEUES[step]);
      for (let left = MAX_DELIVERIES; left > 0; ) {
        const received = await receiver.receiveMessages(1);
        for (const message of received) await receiver.abandonMessage(message);
        left -= received.length;
      }
      await receiver.close();
    },
    waiting: async (step) => {
      const receiver = client.createReceiver(QUEUES[step]);
      const messages = await receiver.peekMessages(10);
      await receiver.close();
      return messages.map(({ state }) => state);
    },
    [Symbol.asyncDispose]: async () => {
      await bus.close();
      await client.close();
      await broker.close();
    },
  };
}
