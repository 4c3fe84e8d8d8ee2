import { afterAll, describe, expect, it } from "vitest";
import {
  connect,
  openReceiver,
  peekBodies,
  receive,
  receiveOne,
  startTestBroker,
} from "./broker-fixture.ts";

const broker = await startTestBroker();
const client = connect(broker);
const sender = client.createSender("orders");
const receiver = client.createReceiver("orders", { receiveMode: "receiveAndDelete" });

afterAll(async () => {
  await client.close();
  await broker.close();
});

describe("a message", () => {
  it("arrives with all its properties", async () => {
    const sentAt = broker.clock.now();
    const properties = {
      messageId: "m-1",
      correlationId: "c-1",
      contentType: "application/json",
      subject: "subject",
      to: "to",
      replyTo: "reply-to",
      replyToSessionId: "reply-session",
      partitionKey: "partition",
      timeToLive: 60_000,
      applicationProperties: {
        text: "grüße 日本 👋",
        integer: 3,
        large: 2 ** 40,
        fraction: 1.5,
        yes: true,
        nothing: null,
      },
    };

    await sender.sendMessages({ body: { a: [1, null, "x"] }, ...properties });
    const message = await receiveOne(receiver);

    expect(message).toMatchObject({ body: { a: [1, null, "x"] }, ...properties });
    expect(message).toMatchObject({ deliveryCount: 0, enqueuedTimeUtc: new Date(sentAt) });
    expect(message.sequenceNumber?.toNumber()).toBe(1);
  });

  it.each([
    ["text", "plain ünïcode"],
    ["a number", 42],
    ["null", null],
    ["a list", [1, "two", false]],
    ["an object", { nested: { deep: true } }],
    ["bytes", Buffer.from([0, 1, 254, 255])],
    ["nothing", ""],
  ])("arrives with %s as its body", async (_, body) => {
    await sender.sendMessages({ body });

    expect((await receiveOne(receiver)).body).toEqual(body);
  });

  it("gets a message id when the sender gives none", async () => {
    await sender.sendMessages({ body: "anonymous" });

    expect((await receiveOne(receiver)).messageId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("keeps an AMQP value body and its annotations", async () => {
    await sender.sendMessages({
      bodyType: "value",
      body: { amount: 7 },
      messageAnnotations: { "x-custom": "kept" },
    });

    const { _rawAmqpMessage: raw } = await receiveOne(receiver);

    expect(raw).toMatchObject({ bodyType: "value", body: { amount: 7 } });
    expect(raw.messageAnnotations).toMatchObject({ "x-custom": "kept" });
  });

  it("arrives whole when it takes several frames", async () => {
    const body = "x".repeat(200 * 1024);

    await sender.sendMessages({ body });

    expect((await receiveOne(receiver)).body).toBe(body);
  });
});

describe("an unusual message", () => {
  it("keeps text of any script in its body, properties and id", async () => {
    const text = "Ünïcödé 数据 🗑️ \u0000 \u{10ffff}";
    const applicationProperties = { [text]: text };
    await sender.sendMessages({
      body: text,
      subject: text,
      messageId: text,
      applicationProperties,
    });

    expect(await receiveOne(receiver)).toMatchObject({
      body: text,
      subject: text,
      messageId: text,
      applicationProperties,
    });
  });

  it("is settled by itself although another with its id is held too", async () => {
    await using locking = openReceiver(client, "orders");
    await sender.sendMessages([
      { body: 1, messageId: "same" },
      { body: 2, messageId: "same" },
    ]);
    const [first, second] = await receive(locking, 2);
    if (!(first && second)) {
      throw new Error("two messages were asked for");
    }

    await locking.completeMessage(second);
    await locking.abandonMessage(first);

    expect(await receiveOne(receiver)).toMatchObject({ body: 1, deliveryCount: 1 });
    expect(await peekBodies(broker, "orders")).toEqual([]);
  });
});

describe("a batch", () => {
  it("arrives in order when sent as a list", async () => {
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);

    expect((await receive(receiver, 3)).map(({ body }) => body)).toEqual([1, 2, 3]);
  });

  it("holds as much as the broker says it takes", async () => {
    const batch = await sender.createMessageBatch();
    const body = "x".repeat(60_000);

    const added = [1, 2, 3, 4, 5].map((n) => batch.tryAddMessage({ body, messageId: String(n) }));
    await sender.sendMessages(batch);

    expect(batch.maxSizeInBytes).toBe(262_144);
    expect(added).toEqual([true, true, true, true, false]);
    expect((await receive(receiver, 4)).map(({ messageId }) => messageId)).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
  });
});

describe("many messages", () => {
  it("all arrive, in order, when they exceed the window of a session", async () => {
    const bodies = Array.from({ length: 3000 }, (_, index) => index);

    await sender.sendMessages(bodies.map((body) => ({ body })));
    const received = await receive(receiver, 3000);

    expect(received.map(({ body }) => body)).toEqual(bodies);
    expect(await peekBodies(broker, "orders")).toEqual([]);
  });

  it("are all accepted when they are sent at once, one by one", async () => {
    const bodies = Array.from({ length: 300 }, (_, index) => index);

    await Promise.all(bodies.map((body) => sender.sendMessages({ body })));

    const received = await receive(receiver, 300);
    expect(received.map(({ body }) => Number(body)).sort((a, b) => a - b)).toEqual(bodies);
  });
});
