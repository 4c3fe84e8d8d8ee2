import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startMain } from "../../support/broker-process.ts";
import { ManualClock } from "../../unit/service-bus/manual-clock.ts";
import {
  connect,
  peekBodies,
  receive,
  receiveOne,
  SECOND,
  startTestBroker,
} from "./broker-fixture.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "service-bus-"));
});

afterEach(() => rm(dataDir, { recursive: true }));

describe("a restart", () => {
  it("keeps messages in every state, and ends every lock", async () => {
    const clock = new ManualClock(Date.now());
    const at = new Date(clock.now() + 60 * SECOND);
    const first = await startTestBroker({ dataDir, clock });
    const before = connect(first);
    const sender = before.createSender("orders");
    const receiver = before.createReceiver("orders");
    await sender.sendMessages(
      ["abandoned", "deferred", "dead", "locked", "active"].map((body) => ({ body })),
    );
    await sender.scheduleMessages({ body: "scheduled" }, at);
    const [abandoned, deferred, dead, locked] = await receive(receiver, 4);
    if (!(abandoned && deferred && dead && locked)) {
      throw new Error("four messages were asked for");
    }
    await receiver.abandonMessage(abandoned, { tried: "once" });
    await receiver.deferMessage(deferred);
    await receiver.deadLetterMessage(dead, {
      deadLetterReason: "bad",
      deadLetterErrorDescription: "no such order",
    });
    await before.close();
    await first.close();

    await using second = await startTestBroker({ dataDir, clock });
    await using after = connect(second);
    const again = after.createReceiver("orders");
    const messages = await again.peekMessages(10);

    expect(messages.map(({ body, state, deliveryCount }) => [body, state, deliveryCount])).toEqual([
      ["abandoned", "active", 1],
      ["deferred", "deferred", 0],
      ["locked", "active", 0],
      ["active", "active", 0],
      ["scheduled", "scheduled", 0],
    ]);
    expect(messages[0]?.applicationProperties).toEqual({ tried: "once" });
    expect(await peekBodies(second, "orders/$deadletterqueue")).toEqual(["dead"]);
    await expect(again.completeMessage(locked)).rejects.toMatchObject({ code: "MessageLockLost" });
    expect(await again.receiveDeferredMessages(deferred.sequenceNumber ?? [])).toHaveLength(1);
    clock.advance(60 * SECOND);
    expect(await peekBodies(second, "orders")).toContain("scheduled");
  });

  it("goes on counting sequence numbers and remembers the ids it saw", async () => {
    const clock = new ManualClock(Date.now());
    const first = await startTestBroker({ dataDir, clock });
    await using before = connect(first);
    await before.createSender("unique").sendMessages({ body: 1, messageId: "a" });
    await receive(before.createReceiver("unique", { receiveMode: "receiveAndDelete" }), 1);
    await first.close();

    await using second = await startTestBroker({ dataDir, clock });
    await using after = connect(second);
    const sender = after.createSender("unique");
    await sender.sendMessages({ body: 2, messageId: "a" });
    await sender.sendMessages({ body: 3, messageId: "b" });

    const message = await receiveOne(after.createReceiver("unique"));
    expect(message.body).toBe(3);
    expect(message.sequenceNumber?.toNumber()).toBe(3);
  });

  it("finds what became active while the connections closed", async () => {
    const clock = new ManualClock(Date.now());
    const first = await startTestBroker({ dataDir, clock });
    await using before = connect(first);
    const bodies: unknown[] = [];
    before.createReceiver("orders", { receiveMode: "receiveAndDelete" }).subscribe(
      {
        processMessage: async ({ body }) => void bodies.push(body),
        processError: async () => undefined,
      },
      { maxConcurrentCalls: 5 },
    );
    const sender = before.createSender("orders");
    await sender.sendMessages({ body: "before" });
    await sender.scheduleMessages({ body: "meanwhile" }, new Date(clock.now() + SECOND));
    await vi.waitFor(() => expect(bodies).toEqual(["before"]));

    const closed = first.close();
    clock.advance(SECOND);
    await closed;

    await using second = await startTestBroker({ dataDir, clock });
    expect(await peekBodies(second, "orders")).toEqual(["meanwhile"]);
  });

  it("refuses a folder that another broker holds", async () => {
    await using first = await startTestBroker({ dataDir });

    await expect(startTestBroker({ dataDir })).rejects.toThrow("Is another broker using it?");
    expect(await peekBodies(first, "orders")).toEqual([]);
  });
});

describe("a log that a crash left behind", () => {
  it.each([
    ["a torn last record", (log: Buffer) => log.subarray(0, log.length - 100), 19],
    ["garbage after the last record", (log: Buffer) => Buffer.concat([log, log.subarray(50)]), 20],
  ])("is read up to %s", async (_, damage, keptCount) => {
    const broker = await startMain({ dataDir });
    await using client = connect(broker);
    const sender = client.createSender("plans");
    const bodies = Array.from({ length: 20 }, (_each, body) => body);
    for (const body of bodies) {
      await sender.sendMessages({ body });
    }
    await broker.kill();
    const file = join(dataDir, "service-bus.sqlite-wal");
    await writeFile(file, damage(await readFile(file)));

    await using again = await startMain({ dataDir });

    expect(await peekBodies(again, "plans")).toEqual(bodies.slice(0, keptCount));
  });
});
