import { describe, expect, it } from "vitest";
import {
  connect,
  openReceiver,
  peekBodies,
  receiveOne,
  SECOND,
  SHORT_WAIT,
  startTestBroker,
} from "./broker-fixture.ts";

/** A queue of its own for each test. */
async function open() {
  const broker = await startTestBroker();
  const client = connect(broker);
  return {
    broker,
    client,
    sender: client.createSender("orders"),
    receiver: client.createReceiver("orders"),
    deadLetters: client.createReceiver("orders", { subQueueType: "deadLetter" }),
    async [Symbol.asyncDispose]() {
      await client.close();
      await broker.close();
    },
  };
}

describe("a locked message", () => {
  it("is gone once it is completed", async () => {
    await using queue = await open();
    const { broker, sender, receiver } = queue;
    await sender.sendMessages({ body: "a" });

    await receiver.completeMessage(await receiveOne(receiver));

    expect(await peekBodies(broker, "orders")).toEqual([]);
  });

  it("comes back with the properties it was abandoned with, counted", async () => {
    await using queue = await open();
    const { sender, receiver } = queue;
    await sender.sendMessages({ body: "a", applicationProperties: { kept: 1, changed: "old" } });

    await receiver.abandonMessage(await receiveOne(receiver), { changed: "new", added: true });
    const again = await receiveOne(receiver);

    expect(again).toMatchObject({
      body: "a",
      deliveryCount: 1,
      applicationProperties: { kept: 1, changed: "new", added: true },
    });
    await receiver.completeMessage(again);
  });

  it("is dead-lettered with a reason, and can be sent again", async () => {
    await using queue = await open();
    const { broker, sender, receiver, deadLetters } = queue;
    await sender.sendMessages({ body: "a", messageId: "m" });

    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: "bad",
      deadLetterErrorDescription: "no such order",
      hint: 7,
    });
    const dead = await receiveOne(deadLetters);
    await sender.sendMessages({ body: dead.body, messageId: dead.messageId });
    await deadLetters.completeMessage(dead);

    expect(dead).toMatchObject({
      deadLetterReason: "bad",
      deadLetterErrorDescription: "no such order",
      deadLetterSource: "orders",
      applicationProperties: { hint: 7 },
    });
    expect(await peekBodies(broker, "orders/$deadletterqueue")).toEqual([]);
    expect(await peekBodies(broker, "orders")).toEqual(["a"]);
  });

  it("is received by its number once it is deferred", async () => {
    await using queue = await open();
    const { broker, sender, receiver } = queue;
    await sender.sendMessages({ body: "a" });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message, { why: "later" });
    expect(await receiver.receiveMessages(1, SHORT_WAIT)).toEqual([]);

    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);

    expect(deferred).toMatchObject({ body: "a", state: "deferred" });
    expect(deferred?.applicationProperties).toEqual({ why: "later" });
    await receiver.completeMessage(deferred ?? message);
    expect(await peekBodies(broker, "orders")).toEqual([]);
  });

  it("cannot be settled once its lock expired, and comes back", async () => {
    await using queue = await open();
    const { broker, sender, receiver } = queue;
    await sender.sendMessages({ body: "a" });
    const message = await receiveOne(receiver);

    broker.clock.advance(10 * SECOND);

    await expect(receiver.completeMessage(message)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
    const again = await receiveOne(receiver);
    expect(again.deliveryCount).toBe(1);
    await receiver.completeMessage(again);
  });

  it("stays locked for as long as the lock is renewed", async () => {
    await using queue = await open();
    const { broker, sender, receiver } = queue;
    await sender.sendMessages({ body: "a" });
    const message = await receiveOne(receiver);
    broker.clock.advance(9 * SECOND);

    const lockedUntil = await receiver.renewMessageLock(message);
    broker.clock.advance(9 * SECOND);
    await receiver.completeMessage(message);

    expect(lockedUntil.getTime()).toBe(broker.clock.now() + SECOND);
    expect(await peekBodies(broker, "orders")).toEqual([]);
  });

  it("cannot have its lock renewed once it expired", async () => {
    await using queue = await open();
    const { broker, sender, receiver } = queue;
    await sender.sendMessages({ body: "a" });
    const message = await receiveOne(receiver);

    broker.clock.advance(10 * SECOND);

    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
  });

  it("is dead-lettered after the last failed delivery", async () => {
    await using queue = await open();
    const { broker, sender, receiver, deadLetters } = queue;
    await sender.sendMessages({ body: "a" });

    await receiver.abandonMessage(await receiveOne(receiver));
    await receiver.abandonMessage(await receiveOne(receiver));
    await receiveOne(receiver);
    broker.clock.advance(10 * SECOND);
    const dead = await receiveOne(deadLetters);

    expect(dead).toMatchObject({
      body: "a",
      deadLetterReason: "MaxDeliveryCountExceeded",
      deadLetterErrorDescription: "Message could not be consumed after 3 delivery attempts.",
    });
    await deadLetters.completeMessage(dead);
  });

  it("can be settled after its receiver closed", async () => {
    await using queue = await open();
    const { broker, client, sender, receiver } = queue;
    const closing = client.createReceiver("orders");
    await sender.sendMessages({ body: "a" });
    const message = await receiveOne(closing);

    await closing.close();
    await receiver.completeMessage(message);

    expect(await peekBodies(broker, "orders")).toEqual([]);
  });

  it("is given to one of two receivers only", async () => {
    await using queue = await open();
    const { client, sender, receiver } = queue;
    await using other = openReceiver(client, "orders");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);

    const first = await receiveOne(receiver);
    const second = await receiveOne(other);

    expect([first.body, second.body]).toEqual([1, 2]);
    await receiver.completeMessage(first);
    await other.completeMessage(second);
  });
});

describe("a dead letter", () => {
  it("can be abandoned, deferred and have its lock renewed, but not be dead-lettered", async () => {
    await using queue = await open();
    const { broker, sender, receiver, deadLetters } = queue;
    await sender.sendMessages({ body: "a" });
    await receiver.deadLetterMessage(await receiveOne(receiver));

    await deadLetters.abandonMessage(await receiveOne(deadLetters));
    const dead = await receiveOne(deadLetters);
    await deadLetters.renewMessageLock(dead);
    await deadLetters.deferMessage(dead);
    const [deferred = dead] = await deadLetters.receiveDeferredMessages(dead.sequenceNumber ?? []);

    await expect(deadLetters.deadLetterMessage(deferred)).rejects.toMatchObject({
      message: "InvalidOperationError: orders/$deadletterqueue has no dead-letter queue.",
    });
    await deadLetters.completeMessage(deferred);
    expect(await peekBodies(broker, "orders/$deadletterqueue")).toEqual([]);
  });
});
