import { afterAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../local/service-bus/model/clock.ts";
import {
  connect,
  openReceiver,
  peekBodies,
  receive,
  receiveOne,
  SECOND,
  SHORT_WAIT,
  startTestBroker,
} from "./broker-fixture.ts";

const broker = await startTestBroker({ clock: systemClock });
const client = connect(broker);
const sender = client.createSender("orders");

afterAll(async () => {
  await client.close();
  await broker.close();
});

describe("receiving", () => {
  it("ends empty-handed when there is nothing, and works again afterwards", async () => {
    await using receiver = openReceiver(client, "orders");

    const nothing = await receiver.receiveMessages(5, SHORT_WAIT);
    await sender.sendMessages({ body: "a" });
    const message = await receiveOne(receiver);

    expect(nothing).toEqual([]);
    expect(message.body).toBe("a");
    await receiver.completeMessage(message);
  });

  it("gives the credit back when fewer messages are there than were asked for", async () => {
    await using receiver = openReceiver(client, "orders", "receiveAndDelete");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);

    const some = await receiver.receiveMessages(5, SHORT_WAIT);
    await sender.sendMessages({ body: 3 });

    expect(some.map(({ body }) => body)).toEqual([1, 2]);
    expect(await peekBodies(broker, "orders")).toEqual([3]);
    await receive(receiver, 1);
  });

  it("takes no more than it asked for", async () => {
    await using receiver = openReceiver(client, "orders", "receiveAndDelete");
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);

    const some = await receiver.receiveMessages(2, SHORT_WAIT);

    expect(some.map(({ body }) => body)).toEqual([1, 2]);
    expect(await peekBodies(broker, "orders")).toEqual([3]);
    await receive(receiver, 1);
  });

  it("loses nothing when messages come while a wait ends", async () => {
    await using receiver = openReceiver(client, "orders", "receiveAndDelete");
    const rounds = 30;
    const received: unknown[] = [];

    for (let round = 0; round < rounds; round += 1) {
      const [some] = await Promise.all([
        receiver.receiveMessages(3, { maxWaitTimeInMs: 1 + (round % 10) }),
        sender.sendMessages({ body: round }),
      ]);
      received.push(...some.map(({ body }) => body));
    }
    const left = (await peekBodies(broker, "orders")).length;
    received.push(...(await receive(receiver, left)).map(({ body }) => body));

    expect(received).toEqual(Array.from({ length: rounds }, (_, round) => round));
  });

  it("peeks page by page without locking", async () => {
    await using receiver = openReceiver(client, "orders", "receiveAndDelete");
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);

    const first = await receiver.peekMessages(2);
    const rest = await receiver.peekMessages(2);
    const { sequenceNumber: fromSequenceNumber } = await receiveOne(receiver);
    const again = await receiver.peekMessages(1, fromSequenceNumber && { fromSequenceNumber });

    expect([first, rest, again].map((page) => page.map(({ body }) => body))).toEqual([
      [1, 2],
      [3],
      [2],
    ]);
    await receive(receiver, 2);
  });

  it("holds 1800 locks at a time", async () => {
    await using receiver = openReceiver(client, "orders");
    await sender.sendMessages(Array.from({ length: 1800 }, (_, body) => ({ body })));

    const messages = await receive(receiver, 1800);
    for (const message of messages) {
      await receiver.completeMessage(message);
    }

    expect(new Set(messages.map(({ lockToken }) => lockToken)).size).toBe(1800);
    expect(await peekBodies(broker, "orders")).toEqual([]);
  });
});

describe("a subscriber", () => {
  it("gets 500 messages, 16 at a time, and each one once", async () => {
    await using receiver = openReceiver(client, "orders");
    const bodies: number[] = [];
    let running = 0;
    let mostRunning = 0;
    await sender.sendMessages(Array.from({ length: 500 }, (_, body) => ({ body })));

    receiver.subscribe(
      {
        async processMessage({ body }) {
          running += 1;
          mostRunning = Math.max(mostRunning, running);
          await new Promise((resolve) => setImmediate(resolve));
          bodies.push(Number(body));
          running -= 1;
        },
        processError: async ({ error }) => expect.fail(error.message),
      },
      { maxConcurrentCalls: 16 },
    );

    await vi.waitFor(
      async () => expect(await peekBodies(broker, "orders")).toEqual([]),
      5 * SECOND,
    );
    expect(bodies.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, body) => body));
    expect(mostRunning).toBe(16);
  });

  it("gets a message again when its handler throws", async () => {
    await using receiver = openReceiver(client, "orders");
    const counts: (number | undefined)[] = [];
    await sender.sendMessages({ body: "a" });

    receiver.subscribe({
      async processMessage({ deliveryCount }) {
        counts.push(deliveryCount);
        if (counts.length === 1) {
          throw new Error("once");
        }
      },
      processError: async () => undefined,
    });

    await vi.waitFor(
      async () => expect(await peekBodies(broker, "orders")).toEqual([]),
      5 * SECOND,
    );
    expect(counts).toEqual([0, 1]);
  });

  it("keeps a message for longer than one lock while the client renews it", async () => {
    const quick = client.createSender("quick");
    await using receiver = openReceiver(client, "quick");
    const counts: (number | undefined)[] = [];
    await quick.sendMessages({ body: "slow", messageId: "slow" });

    receiver.subscribe({
      async processMessage({ deliveryCount }) {
        counts.push(deliveryCount);
        await new Promise((resolve) => setTimeout(resolve, 1.7 * SECOND));
      },
      processError: async ({ error }) => expect.fail(error.message),
    });

    await vi.waitFor(async () => expect(await peekBodies(broker, "quick")).toEqual([]), 5 * SECOND);
    expect(counts).toEqual([0]);
  });
});
