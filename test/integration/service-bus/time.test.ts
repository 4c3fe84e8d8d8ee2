import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  connect,
  peekBodies,
  receive,
  receiveOne,
  SECOND,
  SHORT_WAIT,
  startTestBroker,
} from "./broker-fixture.ts";

const MINUTE = 60 * SECOND;

const broker = await startTestBroker();
const client = connect(broker);

beforeEach(() => broker.clock.advance(60 * MINUTE));

afterAll(async () => {
  await client.close();
  await broker.close();
});

function open(queue: string) {
  return {
    sender: client.createSender(queue),
    receiver: client.createReceiver(queue, { receiveMode: "receiveAndDelete" }),
  };
}

describe("a scheduled message", () => {
  it("arrives at its time, not before, under a new number", async () => {
    const { sender, receiver } = open("orders");
    const at = new Date(broker.clock.now() + MINUTE);

    const [scheduledNumber] = await sender.scheduleMessages([{ body: "later" }], at);
    const [waiting] = await receiver.peekMessages(1);
    const early = await receiver.receiveMessages(1, SHORT_WAIT);
    broker.clock.advance(MINUTE);
    const message = await receiveOne(receiver);

    expect(waiting).toMatchObject({ body: "later", state: "scheduled" });
    expect(early).toEqual([]);
    expect(message).toMatchObject({ body: "later", state: "active", enqueuedTimeUtc: at });
    expect(message.enqueuedSequenceNumber).toBe(scheduledNumber?.toNumber());
    expect(message.sequenceNumber?.toNumber()).toBeGreaterThan(scheduledNumber?.toNumber() ?? 0);
  });

  it("reaches a receiver that is already waiting", async () => {
    const { sender, receiver } = open("orders");
    await sender.scheduleMessages({ body: "later" }, new Date(broker.clock.now() + MINUTE));
    const waiting = receive(receiver, 1);

    broker.clock.advance(MINUTE);

    expect((await waiting).map(({ body }) => body)).toEqual(["later"]);
  });

  it("can be sent as any other, with its time as a property", async () => {
    const { sender, receiver } = open("orders");
    const scheduledEnqueueTimeUtc = new Date(broker.clock.now() + MINUTE);
    await sender.sendMessages({ body: "later", scheduledEnqueueTimeUtc });
    const early = await receiver.receiveMessages(1, SHORT_WAIT);

    broker.clock.advance(MINUTE);

    expect(early).toEqual([]);
    expect(await receiveOne(receiver)).toMatchObject({ body: "later", scheduledEnqueueTimeUtc });
  });

  it("never arrives when it is cancelled, and can be cancelled once only", async () => {
    const { sender, receiver } = open("orders");
    const at = new Date(broker.clock.now() + MINUTE);
    const numbers = await sender.scheduleMessages([{ body: "a" }, { body: "b" }], at);

    await sender.cancelScheduledMessages(numbers[0] ?? []);
    broker.clock.advance(MINUTE);

    expect((await receive(receiver, 1)).map(({ body }) => body)).toEqual(["b"]);
    await expect(sender.cancelScheduledMessages(numbers[0] ?? [])).rejects.toMatchObject({
      code: "MessageNotFound",
    });
  });
});

describe("a message that expires", () => {
  it("is dropped by a queue that does not keep dead letters", async () => {
    const { sender, receiver } = open("orders");
    await sender.sendMessages([{ body: "short", timeToLive: MINUTE }, { body: "long" }]);

    broker.clock.advance(MINUTE);

    expect((await receive(receiver, 1)).map(({ body }) => body)).toEqual(["long"]);
    expect(await receiver.receiveMessages(1, SHORT_WAIT)).toEqual([]);
  });

  it("is dead-lettered at the queue's own time to live when the queue says so", async () => {
    const { sender, receiver } = open("expiring");
    const deadLetters = client.createReceiver("expiring", {
      receiveMode: "receiveAndDelete",
      subQueueType: "deadLetter",
    });
    await sender.sendMessages({ body: "a", timeToLive: 10 * MINUTE });

    broker.clock.advance(MINUTE);

    expect(await receiveOne(deadLetters)).toMatchObject({
      body: "a",
      deadLetterReason: "TTLExpiredException",
    });
    expect(await peekBodies(broker, receiver.entityPath)).toEqual([]);
  });
});

describe("duplicate detection", () => {
  it("accepts an id once within the window, in a batch and by schedule too", async () => {
    const { sender, receiver } = open("unique");
    await sender.sendMessages([
      { body: 1, messageId: "a" },
      { body: 2, messageId: "a" },
    ]);

    await sender.sendMessages({ body: 3, messageId: "a" });
    await sender.scheduleMessages({ body: 4, messageId: "a" }, new Date(broker.clock.now()));
    await sender.sendMessages({ body: 5, messageId: "b" });

    expect(await peekBodies(broker, receiver.entityPath)).toEqual([1, 5]);
    await receive(receiver, 2);
  });

  it("accepts it again after the window, though the first one was taken", async () => {
    const { sender, receiver } = open("unique");
    await sender.sendMessages({ body: 1, messageId: "a" });
    await receive(receiver, 1);

    await sender.sendMessages({ body: 2, messageId: "a" });
    const withinWindow = await peekBodies(broker, receiver.entityPath);
    broker.clock.advance(MINUTE);
    await sender.sendMessages({ body: 3, messageId: "a" });

    expect(withinWindow).toEqual([]);
    expect((await receive(receiver, 1)).map(({ body }) => body)).toEqual([3]);
  });
});
