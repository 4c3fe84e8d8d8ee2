import type { ServiceBusClient, ServiceBusReceivedMessage } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "../../../local/service-bus/broker.ts";
import { type ServiceBus, serviceBus } from "../../../shared/adapters/service-bus.ts";
import { EVENTS_TOPIC } from "../../../shared/core/events.ts";
import {
  type BusNamespace,
  busClient,
  busNamespaces,
  connectionTo,
  localEntities,
  unusedPort,
} from "../../support/broker.ts";
import { busContract, type Received } from "../../support/contracts/bus-contract.ts";
import {
  newRequestId,
  outgoing,
  sampleEvent,
  sampleMessage,
} from "../../support/contracts/samples.ts";
import { later, passes } from "../../support/real-time.ts";

describe.each(busNamespaces())("service bus on %s", (_place, open) => {
  let namespace: BusNamespace;
  let reader: ServiceBusClient;
  let bus: ServiceBus;
  beforeAll(async () => {
    namespace = await open();
    reader = namespace.connect();
    bus = serviceBus(async () => namespace.connect());
  });
  afterAll(async () => {
    await bus.close();
    await reader.close();
    await namespace[Symbol.asyncDispose]();
  });

  busContract(() => ({
    bus,
    received: (queue, requestId) => active(reader, queue, undefined, requestId),
    events: (requestId) => active(reader, EVENTS_TOPIC, namespace.subscription, requestId),
    later,
    passes,
  }));

  it("says what the body of a message and of an event is", async () => {
    const requestId = newRequestId();
    await bus.send([outgoing(sampleMessage(requestId, { step: "seal" }))]);
    await bus.publish([sampleEvent(requestId, 1)]);

    const [message] = await peeked(reader, "seals", undefined, requestId);
    const [event] = await peeked(reader, EVENTS_TOPIC, namespace.subscription, requestId);

    expect(message?.contentType).toBe("application/json");
    expect(event?.contentType).toBe("application/cloudevents+json");
    expect(event?.subject).toBe("studio-dsr.request.accepted.v1");
  });
});

describe("a service bus whose broker fails", () => {
  it("is unavailable when the connection is refused, at once and in few words", async () => {
    const port = await unusedPort();
    const bus = serviceBus(async () => busClient(connectionTo(port)));

    const sending = bus.send([outgoing(sampleMessage(newRequestId()))]);

    await expect(sending).rejects.toMatchObject({ code: "bus-unavailable" });
    await expect(sending).rejects.toThrow(/^A call to exports failed: \w+$/);
    await expect(sending).rejects.not.toHaveProperty("cause");
    await bus.close();
  });

  it("sends again after the broker was gone, with a new sender", async () => {
    const requestId = newRequestId();
    const config = localEntities();
    const first = await startBroker({ port: 0, config });
    const client = busClient(first.connectionString);
    const senders: string[] = [];
    const bus = serviceBus(async () => ({
      createSender: (entity) => {
        senders.push(entity);
        return client.createSender(entity);
      },
      close: () => client.close(),
    }));
    await bus.send([outgoing(sampleMessage(requestId, { attempt: 1 }))]);
    await first.close();
    const lost = bus.send([outgoing(sampleMessage(requestId, { attempt: 2 }))]);
    await expect(lost).rejects.toMatchObject({ code: "bus-unavailable" });
    await using second = await startBroker({ port: first.port, config });

    await bus.send([outgoing(sampleMessage(requestId, { attempt: 3 }))]);

    const reader = busClient(second.connectionString);
    const found = await active(reader, "exports", undefined, requestId);
    expect(found.map(({ id }) => id)).toEqual([`${requestId}-export-001-00-000001-3`]);
    expect(senders).toEqual(["exports", "exports"]);
    await reader.close();
    await bus.close();
  });

  it("is unavailable when the client cannot be made, and makes it again next time", async () => {
    await using broker = await startBroker({ port: 0, config: localEntities() });
    const clients = [new Error("no token"), busClient(broker.connectionString)];
    const bus = serviceBus(async () => {
      const next = clients.shift();
      if (next === undefined || next instanceof Error) throw next ?? new Error("asked too often");
      return next;
    });
    const message = outgoing(sampleMessage(newRequestId()));

    await expect(bus.send([message])).rejects.toMatchObject({ code: "bus-unavailable" });
    await expect(bus.send([message])).resolves.toBeUndefined();

    await bus.close();
  });

  it("closes though nobody answers", async () => {
    await using broker = await startBroker({ port: 0, config: localEntities() });
    const client = busClient(broker.connectionString);
    const bus = serviceBus(async () => ({
      createSender: (entity) => client.createSender(entity),
      close: () => new Promise(() => {}),
    }));
    await bus.send([outgoing(sampleMessage(newRequestId()))]);

    await expect(bus.close()).resolves.toBeUndefined();

    await client.close();
  });
});

/** The messages of a request that a receiver would get now, as far as the contract looks at them. */
async function active(
  client: ServiceBusClient,
  entity: string,
  subscription: string | undefined,
  requestId: string,
): Promise<Received[]> {
  const messages = await peeked(client, entity, subscription, requestId);
  return messages
    .filter(({ state }) => state === "active")
    .map(({ messageId, body }) => ({ id: String(messageId), body }));
}

async function peeked(
  client: ServiceBusClient,
  entity: string,
  subscription: string | undefined,
  requestId: string,
): Promise<ServiceBusReceivedMessage[]> {
  const receiver =
    subscription === undefined
      ? client.createReceiver(entity)
      : client.createReceiver(entity, subscription);
  const found: ServiceBusReceivedMessage[] = [];
  for (;;) {
    const page = await receiver.peekMessages(250);
    if (page.length === 0) break;
    found.push(...page.filter(({ messageId }) => String(messageId).startsWith(requestId)));
  }
  await receiver.close();
  return found;
}
