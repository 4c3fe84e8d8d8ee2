import { once } from "node:events";
import { connect as openSocket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { controlOf } from "../../support/control-client.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { connect, peekBodies, receiveOne, SECOND, startTestBroker } from "./broker-fixture.ts";

/** Gives a client the time to come back by itself. */
const PATIENT = { maxRetries: 20, retryDelayInMs: 50, timeoutInMs: 5 * SECOND };

describe("a closing broker", () => {
  it("tells its clients that the connection is forced to close", async () => {
    const broker = await startTestBroker();
    await using client = connect(broker);
    const waiting = client.createReceiver("orders").receiveMessages(1);
    await peekBodies(broker, "orders");

    const [outcome] = await Promise.allSettled([waiting, broker.close()]);

    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringContaining("The broker is shutting down.") },
    });
  });

  it("closes once, however often it is asked, and frees its port", async () => {
    const broker = await startTestBroker();

    await Promise.all([broker.close(), broker.close()]);
    await using again = await startTestBroker({ port: broker.port });

    expect(again.port).toBe(broker.port);
  });

  it("does not wait for a client that says nothing", async () => {
    const broker = await startTestBroker();
    const silent = openSocket(broker.port, "127.0.0.1");
    await once(silent, "connect");
    silent.on("error", () => undefined);

    await broker.close();

    await once(silent.resume(), "close");
    expect(silent.destroyed).toBe(true);
  });
});

describe("a starting broker", () => {
  it("rejects when its port is taken", async () => {
    await using broker = await startTestBroker();

    await expect(startTestBroker({ port: broker.port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

describe("a silent connection", () => {
  it("is kept by heartbeats, and given up when nothing comes any more", async () => {
    await using broker = await startTestBroker({ idleTimeoutMs: 200, controlPort: 0 });
    await using proxy = await startTcpProxy(broker.port);
    await using silent = connect(broker);
    const unheard = connect({
      connectionString: broker.connectionString.replace(`:${broker.port}`, `:${proxy.port}`),
    });
    await silent.createSender("orders").sendMessages({ body: 1 });
    await unheard.createSender("orders").sendMessages({ body: 2 });
    const control = controlOf(broker);
    const open = () => control.get("/connections");
    const before = await open();

    proxy.stall();

    // The broker waits for twice its timeout; the silent client outlives that.
    await vi.waitFor(async () => expect(await open()).toHaveLength(1), 20 * SECOND);
    expect(before).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(await open()).toMatchObject([{ id: 1 }]);
    // The official client's close may never settle when the connection is lost meanwhile.
    void unheard.close();
  });
});

describe("a client whose connection breaks", () => {
  it("finds its sender and its subscription working on the broker's next start", async () => {
    const first = await startTestBroker();
    await using client = connect(first, PATIENT);
    const bodies: unknown[] = [];
    const subscription = client.createReceiver("unique").subscribe({
      processMessage: async ({ body }) => void bodies.push(body),
      processError: async () => undefined,
    });
    const sender = client.createSender("unique");
    await sender.sendMessages({ body: "before" });
    await vi.waitFor(() => expect(bodies).toEqual(["before"]));

    await first.close();
    await using second = await startTestBroker({ port: first.port });
    // The client does not try a refused connection again by itself; the id makes this safe.
    await vi.waitFor(() => sender.sendMessages({ body: "after", messageId: "after" }));

    await vi.waitFor(() => expect(bodies).toEqual(["before", "after"]), 10 * SECOND);
    await subscription.close();
    expect(await peekBodies(second, "unique")).toEqual([]);
  });

  it("leaves its locks until they end; then another client gets the messages", async () => {
    await using broker = await startTestBroker();
    await using proxy = await startTcpProxy(broker.port);
    const broken = connect({
      connectionString: broker.connectionString.replace(`:${broker.port}`, `:${proxy.port}`),
    });
    await using client = connect(broker);
    await client.createSender("orders").sendMessages({ body: "a" });
    await receiveOne(broken.createReceiver("orders"));

    proxy.breakConnections();
    const receiver = client.createReceiver("orders");
    const whileLocked = await receiver.receiveMessages(1, { maxWaitTimeInMs: 150 });
    broker.clock.advance(10 * SECOND);

    expect(whileLocked).toEqual([]);
    expect(await receiveOne(receiver)).toMatchObject({ body: "a", deliveryCount: 1 });
    await broken.close();
  });
});

describe("a client that closes while handlers run", () => {
  it("can settle what they hold, and leaves nothing open", async () => {
    await using broker = await startTestBroker({ controlPort: 0 });
    const client = connect(broker);
    const receiver = client.createReceiver("orders");
    const started = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await client.createSender("orders").sendMessages({ body: "a" });
    const subscription = receiver.subscribe(
      {
        async processMessage(message) {
          started.resolve();
          await mayEnd.promise;
          await receiver.completeMessage(message);
          ended.resolve();
        },
        processError: async ({ error }) => ended.reject(error),
      },
      { autoCompleteMessages: false },
    );
    await started.promise;

    await subscription.close();
    mayEnd.resolve();
    await ended.promise;
    await receiver.close();
    await client.close();

    expect(await controlOf(broker).get("/connections")).toEqual([]);
    expect(await peekBodies(broker, "orders")).toEqual([]);
  });
});
