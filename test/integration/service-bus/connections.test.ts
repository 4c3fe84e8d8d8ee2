import { once } from "node:events";
import { createServer, connect as openSocket } from "node:net";
import { describe, expect, it, vi } from "vitest";
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
    await using proxy = await startProxy(broker.port);
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

/** Stands between a client and the broker and can cut the line without a word. */
async function startProxy(brokerPort: number) {
  const sockets = new Set<ReturnType<typeof openSocket>>();
  const server = createServer((inbound) => {
    const outbound = openSocket(brokerPort, "127.0.0.1");
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    inbound.pipe(outbound).pipe(inbound);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const breakConnections = (): void => {
    for (const socket of sockets) {
      socket.resetAndDestroy();
    }
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    breakConnections,
    async [Symbol.asyncDispose]() {
      breakConnections();
      server.close();
      await once(server, "close");
    },
  };
}
