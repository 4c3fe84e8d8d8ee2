import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveConnection } from "../../../local/functions-host/service-bus/connection.ts";
import { keepLocked } from "../../../local/functions-host/service-bus/lock-renewal.ts";
import { bodyText, triggerMetadata } from "../../../local/functions-host/service-bus/metadata.ts";
import { createTurnQueue } from "../../../local/functions-host/service-bus/settlement.ts";

describe("resolveConnection", () => {
  it("takes the setting of exactly that name for a connection string", () => {
    const connection = resolveConnection("ServiceBus", {
      ServiceBus: "Endpoint=sb://a/",
      ServiceBus__fullyQualifiedNamespace: "b.servicebus.windows.net",
    });

    expect(connection).toEqual({ kind: "connection-string", connectionString: "Endpoint=sb://a/" });
  });

  it("else takes the name for a prefix", () => {
    const connection = resolveConnection("ServiceBus", {
      ServiceBus__fullyQualifiedNamespace: "b.servicebus.windows.net",
    });

    expect(connection).toEqual({
      kind: "identity",
      fullyQualifiedNamespace: "b.servicebus.windows.net",
    });
  });

  it("names both when neither is set", () => {
    const resolve = () => resolveConnection("ServiceBus", { ServiceBus: "" });

    expect(resolve).toThrow("set ServiceBus or ServiceBus__fullyQualifiedNamespace.");
  });
});

/** A message as the client gives it; only what the host reads. */
function received(message: Partial<ServiceBusReceivedMessage>): ServiceBusReceivedMessage {
  return { body: Buffer.from("text"), state: "active", ...message } as ServiceBusReceivedMessage;
}

describe("bodyText", () => {
  it.each([
    [Buffer.from('{"a":"ä"}'), '{"a":"ä"}'],
    ["plain", "plain"],
    [{ a: 1 }, '{"a":1}'],
    [undefined, ""],
  ])("reads a body", (body, expected) => {
    const text = bodyText(body);

    expect(text).toBe(expected);
  });
});

describe("triggerMetadata", () => {
  it("counts deliveries from 1 and writes UTC times without and with an offset", () => {
    const metadata = triggerMetadata(
      received({
        deliveryCount: 0,
        messageId: "m1",
        enqueuedTimeUtc: new Date("2026-03-02T12:00:00.000Z"),
        applicationProperties: { Tenant: "t1" },
      }),
    );

    expect(metadata).toEqual({
      DeliveryCount: { int: 1 },
      MessageId: { json: '"m1"' },
      EnqueuedTimeUtc: { json: '"2026-03-02T12:00:00.000"' },
      EnqueuedTime: { json: '"2026-03-02T12:00:00.000+00:00"' },
      ApplicationProperties: { json: '{"Tenant":"t1"}' },
      UserProperties: { json: '{"Tenant":"t1"}' },
    });
  });

  it("lets members of a JSON body replace metadata in any case, but for arrays and nulls", () => {
    const body = Buffer.from(
      '{"messageid":"from-body","to":null,"subject":[1],"count":3,"flag":true,"deep":{"a":1}}',
    );

    const metadata = triggerMetadata(received({ body, messageId: "m1", to: "t", subject: "s" }));

    expect(metadata).toMatchObject({
      MessageId: { json: '"from-body"' },
      To: { json: '"t"' },
      Subject: { json: '"s"' },
      count: { json: "3" },
      flag: { json: '"True"' },
      deep: { json: '{"a":1}' },
    });
    expect(metadata).not.toHaveProperty("messageid");
  });
});

describe("keepLocked", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const inMs = (ms: number) => new Date(Date.now() + ms);

  it("renews at half of the remaining time, until stopped", async () => {
    const renew = vi.fn(async () => inMs(10_000));
    const stop = keepLocked({ lockedUntil: inMs(10_000), renew }, 60_000, vi.fn());

    await vi.advanceTimersByTimeAsync(12_000);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(renew).toHaveBeenCalledTimes(2);
  });

  it("ends after the longest time, and the lock with it", async () => {
    const renew = vi.fn(async () => inMs(10_000));
    keepLocked({ lockedUntil: inMs(10_000), renew }, 12_000, vi.fn());

    await vi.advanceTimersByTimeAsync(120_000);

    expect(renew).toHaveBeenCalledTimes(3);
  });

  it("tries again after a failure while the lock lives", async () => {
    const renew = vi.fn(async () => inMs(10_000));
    renew.mockRejectedValueOnce(new Error("away"));
    const onLost = vi.fn();
    const stop = keepLocked({ lockedUntil: inMs(10_000), renew }, 60_000, onLost);

    await vi.advanceTimersByTimeAsync(6000);
    stop();

    expect(renew).toHaveBeenCalledTimes(2);
    expect(onLost).not.toHaveBeenCalled();
  });

  it("tells once when the lock is lost", async () => {
    const renew = vi.fn<() => Promise<Date>>().mockRejectedValue(new Error("away"));
    const onLost = vi.fn();
    keepLocked({ lockedUntil: inMs(3000), renew }, 60_000, onLost);

    await vi.advanceTimersByTimeAsync(60_000);

    expect(onLost).toHaveBeenCalledTimes(1);
  });
});

describe("createTurnQueue", () => {
  it("lets those settled alike share a turn, and nobody else, in order", async () => {
    const inTurn = createTurnQueue();
    const settled: { name: string; turn: number }[] = [];
    let turn = 0;
    const countTurns = () => {
      turn += 1;
      setImmediate(countTurns).unref();
    };
    countTurns();

    await Promise.all(
      (["complete", "complete", "abandon", "complete"] as const).map((outcome, index) =>
        inTurn(outcome, async () => settled.push({ name: `${outcome} ${index}`, turn })),
      ),
    );

    const turns = settled.map((entry) => entry.turn);
    expect(settled.map(({ name }) => name)).toEqual([
      "complete 0",
      "complete 1",
      "abandon 2",
      "complete 3",
    ]);
    expect(turns[0]).toBe(turns[1]);
    expect(new Set(turns).size).toBe(3);
  });

  it("goes on after an action that failed", async () => {
    const inTurn = createTurnQueue();
    const failing = inTurn("complete", () => Promise.reject(new Error("no")));
    const following = inTurn("complete", async () => "done");

    const outcomes = await Promise.allSettled([failing, following]);

    expect(outcomes).toMatchObject([
      { status: "rejected" },
      { status: "fulfilled", value: "done" },
    ]);
  });
});
