import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import { type Broker, type BrokerOptions, startBroker } from "../../../local/service-bus/broker.ts";
import { parseConfig } from "../../../local/service-bus/config.ts";
import { ManualClock } from "../../unit/service-bus/manual-clock.ts";

export const SECOND = 1000;

/** How long to wait for a message that should not come. */
export const SHORT_WAIT = { maxWaitTimeInMs: 150 };

const QUEUE = { LockDuration: "PT10S", MaxDeliveryCount: 3 };

/** What every test broker has. */
export const ENTITIES = parseConfig({
  UserConfig: {
    Namespaces: [
      {
        Queues: [
          { Name: "orders", Properties: QUEUE },
          {
            Name: "unique",
            Properties: {
              ...QUEUE,
              RequiresDuplicateDetection: true,
              DuplicateDetectionHistoryTimeWindow: "PT1M",
            },
          },
          {
            Name: "expiring",
            Properties: {
              ...QUEUE,
              DefaultMessageTimeToLive: "PT1M",
              DeadLetteringOnMessageExpiration: true,
            },
          },
          { Name: "quick", Properties: { LockDuration: "PT1S", MaxDeliveryCount: 10 } },
        ],
        Topics: [
          {
            Name: "events",
            Subscriptions: [
              { Name: "all", Properties: QUEUE },
              {
                Name: "erasures",
                Properties: QUEUE,
                Rules: [
                  {
                    Name: "erasures",
                    Properties: {
                      FilterType: "Correlation",
                      CorrelationFilter: { Label: "erasure", Properties: { region: "eu" } },
                    },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
});

/** A broker with the entities of these tests on a free port, on a clock the test moves. */
export async function startTestBroker(
  options: Partial<BrokerOptions> = {},
): Promise<Broker & { readonly clock: ManualClock }> {
  const clock = new ManualClock(Date.now());
  const broker = await startBroker({ port: 0, config: ENTITIES, clock, ...options });
  return Object.assign(broker, { clock });
}

/** The official client, told to give up soon; `await using` closes it. */
export function connect(
  { connectionString }: { readonly connectionString: string },
  retryOptions = { maxRetries: 0, timeoutInMs: 5 * SECOND },
): ServiceBusClient & AsyncDisposable {
  const client = new ServiceBusClient(connectionString, { retryOptions });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** A receiver that `await using` closes. */
export function openReceiver(
  client: ServiceBusClient,
  queue: string,
  receiveMode: "peekLock" | "receiveAndDelete" = "peekLock",
): ServiceBusReceiver & AsyncDisposable {
  const receiver = client.createReceiver(queue, { receiveMode });
  return Object.assign(receiver, { [Symbol.asyncDispose]: () => receiver.close() });
}

/** Receives exactly `count` messages. */
export async function receive(
  receiver: ServiceBusReceiver,
  count: number,
): Promise<ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const more = await receiver.receiveMessages(count - messages.length, {
      maxWaitTimeInMs: 3 * SECOND,
    });
    if (more.length === 0) {
      throw new Error(`${messages.length} messages of ${count} came`);
    }
    messages.push(...more);
  }
  return messages;
}

/** Receives exactly one message. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receive(receiver, 1);
  if (message === undefined) {
    throw new Error("no message came");
  }
  return message;
}

/**
 * The bodies of what an entity holds; none of it is locked. It takes a client of its own, because
 * a client goes on peeking where it left off.
 */
export async function peekBodies(
  broker: { readonly connectionString: string },
  path: string,
): Promise<unknown[]> {
  await using client = connect(broker);
  const messages = await client.createReceiver(path).peekMessages(1000);
  return messages.map(({ body }) => body);
}
