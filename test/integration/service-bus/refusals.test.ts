import { once } from "node:events";
import { connect as openSocket } from "node:net";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import rhea, { type EventContext, type Typed } from "rhea";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { BrokerConfig } from "../../../local/service-bus/config.ts";
import {
  connect,
  ENTITIES,
  openReceiver,
  peekBodies,
  receiveOne,
  startTestBroker,
} from "./broker-fixture.ts";

const broker = await startTestBroker();
const client = connect(broker);

afterAll(async () => {
  await client.close();
  await broker.close();
});

describe("an entity that does not exist", () => {
  it.each([
    ["send", () => client.createSender("nope").sendMessages({ body: 1 })],
    ["make a batch", () => client.createSender("nope").createMessageBatch()],
    ["receive", () => client.createReceiver("nope").receiveMessages(1)],
    ["peek", () => client.createReceiver("nope").peekMessages(1)],
    [
      "receive from a subscription",
      () => client.createReceiver("events", "nope").receiveMessages(1),
    ],
  ])("is named when a client wants to %s", async (_, action) => {
    await expect(action()).rejects.toMatchObject({
      code: "MessagingEntityNotFound",
      message: expect.stringContaining("nope' could not be found."),
    });
  });

  it("is told to a subscriber", async () => {
    const codes: unknown[] = [];
    await using receiver = openReceiver(client, "nope");

    receiver.subscribe({
      processMessage: async () => undefined,
      processError: async ({ error }) => void codes.push("code" in error ? error.code : error),
    });

    await vi.waitFor(() => expect(codes[0]).toBe("MessagingEntityNotFound"));
  });
});

describe("a message that is too large", () => {
  const body = "x".repeat(262_144);
  const sender = client.createSender("orders");

  it.each([
    ["alone", () => sender.sendMessages({ body })],
    ["in a list", () => sender.sendMessages([{ body }])],
  ])("is refused %s, and the sender goes on", async (_, send) => {
    await expect(send()).rejects.toMatchObject({ code: "MessageSizeExceeded" });
    await sender.sendMessages({ body: "small" });
  });

  it("does not fit a batch", async () => {
    const batch = await sender.createMessageBatch();

    expect(batch.tryAddMessage({ body })).toBe(false);
  });
});

describe("a client without the key", () => {
  it("is told that it is not authorised", async () => {
    const connectionString = broker.connectionString.replace("SAS_KEY_VALUE", "guess");
    await using stranger = connect({ connectionString });

    await expect(stranger.createSender("orders").sendMessages({ body: 1 })).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
  });

  it("cannot open an entity by leaving the token out", async () => {
    const container = rhea.create_container();
    const connection = container.connect({ host: "127.0.0.1", port: broker.port });

    const receiver = connection.open_receiver("orders");
    const [context]: EventContext[] = await once(receiver, "receiver_error");

    expect(context?.receiver?.error).toMatchObject({ condition: "amqp:unauthorized-access" });
    connection.close();
    await once(connection, "connection_close");
  });
});

describe("what is not supported is said in a sentence", () => {
  it("sessions", async () => {
    await expect(client.acceptNextSession("orders")).rejects.toMatchObject({
      message: expect.stringContaining("Message sessions are not supported."),
    });
  });

  it("transactions", async () => {
    const connection = rhea.create_container().connect({ host: "127.0.0.1", port: broker.port });
    const sender = connection.open_sender({ target: {} });
    // rhea has no coordinator target of its own (AMQP 1.0, part 4, section 4.5.1).
    const attach = (sender as unknown as { local: { attach: { target: Typed } } }).local.attach;
    const { types } = rhea;
    attach.target = types.described(types.wrap_ulong(0x30), types.wrap_list([]));

    const [context]: EventContext[] = await once(sender, "sender_error");

    expect(context?.sender?.error).toMatchObject({
      description: "Transactions are not supported.",
    });
    connection.close();
    await once(connection, "connection_close");
  });

  it("administration over HTTP, to HTTP and to TLS", async () => {
    const refusals: string[] = [];
    await using told = await startTestBroker({ onRefusal: (sentence) => refusals.push(sentence) });
    const administration = new ServiceBusAdministrationClient(told.connectionString, {
      retryOptions: { maxRetries: 0 },
    });

    const answer = await fetch(`http://127.0.0.1:${told.port}/$Resources/Queues`);
    await expect(administration.getQueue("orders")).rejects.toThrow("access denied");

    const sentence = expect.stringContaining("ServiceBusAdministrationClient (HTTP)");
    expect([answer.status, await answer.text()]).toEqual([501, sentence]);
    expect(refusals).toEqual([
      expect.stringContaining("An HTTP client was refused."),
      expect.stringContaining("A TLS client was refused."),
    ]);
  });

  it("sending to a subscription or a dead-letter queue", async () => {
    for (const path of ["events/Subscriptions/all", "orders/$deadletterqueue"]) {
      await expect(client.createSender(path).sendMessages({ body: 1 })).rejects.toMatchObject({
        message: expect.stringContaining("cannot be sent to"),
      });
    }
  });

  it("receiving from a topic", async () => {
    await expect(client.createReceiver("events").receiveMessages(1)).rejects.toMatchObject({
      message: expect.stringContaining("receive from a subscription"),
    });
  });
});

describe("somebody who sends garbage", () => {
  it.each([
    ["bytes of no protocol", Buffer.from([0xff, 0x00, 0x13, 0x37, 0xff, 0xff, 0xff, 0xff])],
    ["a frame that cannot be decoded", Buffer.from("AMQP\0\u0001\0\0\0\0\0\u0009\u0002\0\0\0zz")],
    ["a frame larger than any allowed", Buffer.from("AMQP\0\u0001\0\0\u007f\0\0\0\u0002\0\0\0")],
  ])("is cut off after %s, and the others go on", async (_, bytes) => {
    const socket = openSocket(broker.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.end(bytes);
    socket.resume();
    await once(socket, "close");

    expect(await peekBodies(broker, "unique")).toEqual([]);
  });
});

describe("a queue that is full", () => {
  it("refuses sends until something is taken, its dead letters included", async () => {
    await using small = await startTestBroker({ config: withMaxSize(ENTITIES, 2000) });
    await using own = connect(small);
    const sender = own.createSender("orders");
    const receiver = own.createReceiver("orders");
    const body = "x".repeat(900);
    await sender.sendMessages([{ body }, { body }]);

    await expect(sender.sendMessages({ body })).rejects.toMatchObject({ code: "QuotaExceeded" });
    await receiver.deadLetterMessage(await receiveOne(receiver));
    await expect(sender.sendMessages({ body })).rejects.toMatchObject({ code: "QuotaExceeded" });
    await receiver.completeMessage(await receiveOne(receiver));
    await sender.sendMessages({ body });

    expect(await peekBodies(small, "orders")).toEqual([body]);
  });
});

function withMaxSize(config: BrokerConfig, maxSizeBytes: number): BrokerConfig {
  const queues = config.queues.map((queue) => ({
    ...queue,
    settings: { ...queue.settings, maxSizeBytes },
  }));
  return { ...config, queues };
}
