import { afterAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../local/service-bus/model/clock.ts";
import { controlOf } from "../../support/control-client.ts";
import { connect, peekBodies, receiveOne, SECOND, startTestBroker } from "./broker-fixture.ts";

/** Gives a client the time to come back by itself. */
const PATIENT = { maxRetries: 20, retryDelayInMs: 50, timeoutInMs: 5 * SECOND };

/** A broker with its control endpoint, and a client that comes back by itself. */
async function open() {
  const broker = await startTestBroker({ clock: systemClock, controlPort: 0 });
  const client = connect(broker, PATIENT);
  return {
    broker,
    client,
    control: controlOf(broker),
    sender: client.createSender("orders"),
    receiver: client.createReceiver("orders"),
    async [Symbol.asyncDispose]() {
      await client.close();
      await broker.close();
    },
  };
}

describe("the control endpoint", () => {
  it("tells what every entity holds, and the messages without their content", async () => {
    await using opened = await open();
    const { control, sender, receiver } = opened;
    await sender.sendMessages([
      { body: "secret", messageId: "a" },
      { body: "secret", messageId: "b", scheduledEnqueueTimeUtc: new Date(Date.now() + 3600_000) },
    ]);
    const message = await receiveOne(receiver);

    const entities = await control.get("/entities");
    const messages = await control.get("/messages?entity=Orders");
    const rest = await control.get("/messages?entity=orders&from=2&count=5");

    const counts = { active: 0, locked: 1, deferred: 0, scheduled: 1 };
    const orders = { path: "orders", kind: "queue", occupiedBytes: expect.any(Number), ...counts };
    expect(entities).toContainEqual(orders);
    expect(messages).toMatchObject([
      { messageId: "a", state: "locked", deliveryCount: 0, lockToken: message.lockToken },
      { messageId: "b", state: "scheduled" },
    ]);
    expect(rest).toMatchObject([{ messageId: "b" }]);
    expect(JSON.stringify(messages)).not.toContain("secret");
    await receiver.completeMessage(message);
  });

  it("ends a lock as time would", async () => {
    await using opened = await open();
    const { control, sender, receiver } = opened;
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const first = await receiveOne(receiver);
    const second = await receiveOne(receiver);
    const sequenceNumber = first.sequenceNumber?.toNumber();

    const one = await control.post("/locks/expire", { entity: "orders", sequenceNumber });
    const again = await receiveOne(receiver);
    const other = await control.post("/locks/expire", { entity: "orders" });

    expect([one, other]).toEqual([{ expired: 1 }, { expired: 2 }]);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await expect(receiver.completeMessage(second)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
  });

  it("moves the broker's clock on", async () => {
    await using opened = await open();
    const { control, sender, receiver } = opened;
    await sender.sendMessages({ body: "later", scheduledEnqueueTimeUtc: inAnHour() });

    const answer = await control.post("/clock/advance", { ms: 3600_000 });
    const message = await receiveOne(receiver);

    expect(answer).toEqual({ now: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(message.body).toBe("later");
    await receiver.completeMessage(message);
  });

  it("refuses the next sends, to one entity if asked, with the error asked for", async () => {
    await using opened = await open();
    const { broker, control, sender } = opened;
    await using impatient = connect(broker);
    const orders = impatient.createSender("orders");
    await control.post("/sends/refuse", { count: 1, entity: "ORDERS", error: "quota-exceeded" });
    await control.post("/sends/refuse", { count: 2, entity: "orders" });

    await impatient.createSender("unique").sendMessages({ body: "other" });
    await expect(orders.sendMessages({ body: 1 })).rejects.toMatchObject({ code: "QuotaExceeded" });
    await expect(orders.sendMessages({ body: 2 })).rejects.toMatchObject({ code: "ServiceBusy" });
    // The official client sends again when the broker is busy.
    await sender.sendMessages({ body: 3 });

    expect(await peekBodies(broker, "orders")).toEqual([3]);
  });
});

describe.each(["break", "close", "detach"])("connections that are lost by %s", (kind) => {
  it("come back for a sender, a receiver and a subscriber", async () => {
    await using opened = await open();
    const { broker, client, control, sender } = opened;
    const bodies: unknown[] = [];
    const subscription = client.createReceiver("quick").subscribe({
      processMessage: async ({ body }) => void bodies.push(body),
      processError: async () => undefined,
    });
    await sender.sendMessages({ body: 0 });
    // The links of $cbs, of the sender and of the subscriber.
    await vi.waitFor(async () =>
      expect(await control.get("/connections")).toMatchObject([{ id: 1, links: 4 }]),
    );

    const dropped = await control.post("/connections/drop", { kind });
    await vi.waitFor(() => sender.sendMessages({ body: 1 }), 10 * SECOND);
    await vi.waitFor(() => client.createSender("quick").sendMessages({ body: 2 }), 10 * SECOND);

    expect(dropped).toEqual({ dropped: 1 });
    await vi.waitFor(() => expect(bodies).toContain(2), 10 * SECOND);
    expect(await peekBodies(broker, "orders")).toContain(1);
    await subscription.close();
  });
});

describe("paused connections", () => {
  it("neither answer nor fail until they are resumed", async () => {
    await using opened = await open();
    const { broker, control, sender } = opened;
    await sender.sendMessages({ body: 1 });
    await control.post("/connections/pause");
    let isSettled = false;
    const sending = sender.sendMessages({ body: 2 }).finally(() => {
      isSettled = true;
    });
    const newcomer = connect(broker);
    const opening = newcomer.createSender("orders").sendMessages({ body: 3 });

    const while1 = await control.get("/messages?entity=orders");
    await control.get("/connections");
    expect([isSettled, while1]).toEqual([false, [expect.anything()]]);
    await control.post("/connections/resume");
    await Promise.all([sending, opening]);

    expect((await peekBodies(broker, "orders")).length).toBe(3);
    await newcomer.close();
  });
});

describe("a request that makes no sense", async () => {
  const broker = await startTestBroker({ controlPort: 0 });
  afterAll(() => broker.close());

  it.each([
    ["GET", "/nothing", undefined, 404, "There is no GET /nothing."],
    ["GET", "/messages", undefined, 400, "add ?entity=PATH"],
    ["GET", "/messages?entity=nope", undefined, 404, "There is no entity nope."],
    ["POST", "/clock/advance", "{", 400, "The body is not JSON."],
    ["POST", "/clock/advance", '{"ms":-1}', 400, "ms"],
    ["POST", "/connections/drop", '{"kind":"bite"}', 400, "kind"],
    ["POST", "/sends/refuse", '{"count":1,"entity":"nope"}', 404, "There is no entity nope."],
  ])("is answered with a sentence: %s %s %s", async (method, path, body, status, sentence) => {
    const response = await fetch(`${broker.controlUrl}${path}`, { method, ...(body && { body }) });

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringContaining(sentence) });
  });
});

it("is not there unless it is asked for", async () => {
  await using plain = await startTestBroker();

  expect(plain.controlUrl).toBeUndefined();
});

function inAnHour(): Date {
  return new Date(Date.now() + 3600_000);
}
