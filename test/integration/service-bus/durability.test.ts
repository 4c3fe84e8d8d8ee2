import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceBusClient } from "@azure/service-bus";
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

const QUEUE = "plans";

/** More of them by hand: `BROKER_KILLS=500 npx vitest run durability`. */
const KILLS = Number(process.env["BROKER_KILLS"] ?? 10);

/** Looks often, so that the kill comes in the midst of the traffic. */
const POLL = { interval: 1, timeout: 10 * SECOND };

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

describe("a kill at any moment", () => {
  it(
    "loses no message whose send was acknowledged, and brings no completed one back",
    async () => {
      const acknowledged = new Set<string>();
      const completions = { tried: new Set<string>(), acknowledged: new Set<string>() };
      const endings: Promise<unknown>[] = [];

      for (let round = 0; round < KILLS; round += 1) {
        await using broker = await startMain({ dataDir });
        const client = connect(broker, { maxRetries: 0, timeoutInMs: SECOND });
        const sizeBefore = acknowledged.size;
        endings.push(
          Promise.allSettled([
            sendUntilKilled(client, `${round}`, acknowledged),
            completeUntilKilled(client, completions),
          ]).then(() => client.close()),
        );
        await expect.poll(() => acknowledged.size, POLL).toBeGreaterThan(sizeBefore + 10);
        await broker.kill();
      }
      await Promise.all(endings);

      await using broker = await startMain({ dataDir });
      const held = new Set(await peekIds(broker));
      const lost = [...acknowledged].filter((id) => !held.has(id) && !completions.tried.has(id));
      const revived = [...completions.acknowledged].filter((id) => held.has(id));
      expect(lost).toEqual([]);
      expect(revived).toEqual([]);
      expect(completions.acknowledged.size).toBeGreaterThan(0);
    },
    KILLS * 5 * SECOND,
  );
});

/** Sends one message after the other until a send fails; notes each acknowledged id. */
async function sendUntilKilled(
  client: ServiceBusClient,
  prefix: string,
  acknowledged: Set<string>,
): Promise<void> {
  const sender = client.createSender(QUEUE);
  for (let count = 0; ; count += 1) {
    const messageId = `${prefix}-${count}`;
    await sender.sendMessages({ body: count, messageId });
    acknowledged.add(messageId);
  }
}

/** Completes messages until that fails; a kill may fall between a completion and its answer. */
async function completeUntilKilled(
  client: ServiceBusClient,
  completions: { readonly tried: Set<string>; readonly acknowledged: Set<string> },
): Promise<void> {
  const receiver = client.createReceiver(QUEUE);
  for (;;) {
    for (const message of await receiver.receiveMessages(1)) {
      const messageId = String(message.messageId);
      completions.tried.add(messageId);
      await receiver.completeMessage(message);
      completions.acknowledged.add(messageId);
    }
  }
}

async function peekIds(broker: { readonly connectionString: string }): Promise<string[]> {
  await using client = connect(broker);
  const receiver = client.createReceiver(QUEUE);
  const ids: string[] = [];
  for (;;) {
    const messages = await receiver.peekMessages(500);
    if (messages.length === 0) {
      return ids;
    }
    ids.push(...messages.map(({ messageId }) => String(messageId)));
  }
}
