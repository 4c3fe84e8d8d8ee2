import { describe, expect, it } from "vitest";
import { listenInBatches } from "../../../local/functions-host/service-bus/batch-listener.ts";
import { listenToSource } from "../../../local/functions-host/service-bus/listener.ts";
import { startBroker } from "../../../local/service-bus/broker.ts";
import { connect, listen, receive } from "../../support/fixture-app/listeners.ts";
import {
  config,
  logged,
  peekBodies,
  send,
  startQueueHost,
} from "../../support/fixture-app/queues.ts";
import {
  eventually,
  startHost,
  temporaryApp,
  temporaryFolder,
} from "../../support/fixture-app/start-host.ts";

/**
 * What the official client does wrong when it receives, here and on Azure alike, and that the host is safe
 * from it. What it does wrong when it sends: adapters/service-bus-hazards.test.ts.
 */

describe("two neighbours settled differently in one turn", () => {
  it("both get the first one's outcome from the client", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using client = connect(broker);
    await send(broker, "work", [{ body: "fine" }, { body: "broken" }]);
    const { receiver, messages } = await receive(client, "work", 2);
    const [fine, broken] = messages;
    if (fine === undefined || broken === undefined) throw new Error("Two messages were sent");

    await Promise.all([receiver.completeMessage(fine), receiver.deadLetterMessage(broken)]);

    expect(await peekBodies(broker, "work", "deadLetter")).toEqual([]);
    expect(await peekBodies(broker, "work")).toEqual([]);
  });

  it("keep their own from the host", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using app = await temporaryApp(
      {
        "main.js": `
          import { app } from "@azure/functions";
          let waiting = [];
          app.serviceBusQueue("once", {
            queueName: "once",
            connection: "ServiceBus",
            handler: async (number) => {
              await new Promise((resolve) => {
                waiting.push(resolve);
                if (waiting.length === 2) {
                  for (const end of waiting.splice(0)) end();
                }
              });
              if (number % 4 === 0 || number % 4 === 3) throw new Error("asked to fail");
            },
          });`,
      },
      { version: "2.0", extensions: { serviceBus: { maxConcurrentCalls: 2 } } },
    );
    const connection = { ServiceBus: broker.connectionString };
    await using host = startHost({ root: app.path, settings: connection });
    await host.ready();
    const numbers = Array.from({ length: 200 }, (_, index) => index);

    await send(
      broker,
      "once",
      numbers.map((body) => ({ body })),
    );

    await eventually(() => peekBodies(broker, "once")).toEqual([]);
    const failed = await peekBodies(broker, "once", "deadLetter");
    expect(failed.map(Number).sort((a, b) => a - b)).toEqual(
      numbers.filter((n) => n % 4 === 0 || n % 4 === 3),
    );
  });
});

describe("a link that is lost while its message is in work", () => {
  it("keeps the client waiting for a settlement nobody answers, though it has a new link", async () => {
    const first = await startBroker({ port: 0, config });
    await using client = connect(first);
    await send(first, "work", [{ body: "a" }]);
    const { promise: reopened, resolve: release } = Promise.withResolvers<void>();
    const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<unknown>();
    const receiver = client.createReceiver("work");
    receiver.subscribe(
      {
        processMessage: async (message) => {
          if (message.body !== "a") return release();
          onStarted();
          await reopened;
          receiver
            .completeMessage(message)
            .then(() => outcome.resolve("completed"), outcome.resolve);
        },
        processError: async () => {},
      },
      { autoCompleteMessages: false, maxConcurrentCalls: 2 },
    );
    await started;
    await first.close();
    await using second = await startBroker({ port: first.port, config });

    await send(second, "work", [{ body: "b" }]);

    expect(await outcome.promise).toMatchObject({ code: "ServiceTimeout" });
  });

  it.each([
    ["a listener, which has a new link by then", listenToSource, ["a", "a"]],
    ["a listener for batches", listenInBatches, ["a"]],
  ] as const)("is given up at once by %s", async (_what, listenTo, before) => {
    await using data = await temporaryFolder();
    const first = await startBroker({ port: 0, config, dataDir: data.path });
    // Whoever waits for the answer of the lost link waits longer than this test may take.
    await using client = connect(first, { timeoutInMs: 60_000 });
    await send(first, "work", [{ body: "a" }]);
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    const bodies: unknown[] = [];
    const listener = listen(listenTo, client, async (body) => {
      if (bodies.push(body) === 1) await gate;
    });
    await eventually(() => bodies).toEqual(["a"]);
    await first.close();
    await using second = await startBroker({ port: first.port, config, dataDir: data.path });
    await eventually(() => bodies).toEqual(before);

    release();

    await eventually(() => bodies).toEqual(["a", "a"]);
    await eventually(() => peekBodies(second, "work")).toEqual([]);
    await listener.stop();
    await expect(listener.idle()).resolves.toBeUndefined();
  });
});

describe("two messages of one id in work", () => {
  it("have their locks renewed for one of them only by the client", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using client = connect(broker);
    await send(broker, "short", [
      { body: "a", messageId: "same" },
      { body: "b", messageId: "same" },
    ]);
    const deliveries: unknown[] = [];
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    client.createReceiver("short").subscribe(
      {
        processMessage: async ({ body, deliveryCount }) => {
          deliveries.push(`${body} ${deliveryCount}`);
          if (body === "a" && deliveryCount === 0) await gate;
        },
        processError: async () => {},
      },
      { maxConcurrentCalls: 2 },
    );

    await eventually(() => deliveries).toContain("a 1");
    expect(deliveries).toContain("b 0");
    release();
  });

  it("have each its own renewed by the host", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = startQueueHost(broker, "short");
    await host.ready();

    await send(broker, "short", [
      { body: { id: "a", want: 3000 }, messageId: "same" },
      { body: { id: "b", want: 300 }, messageId: "same" },
    ]);

    await eventually(() => logged(host, "done")).toEqual(["b", "a"]);
    await eventually(() => peekBodies(broker, "short")).toEqual([]);
    expect(logged(host, "start")).toEqual(["a", "b"]);
  });
});

describe("a look for messages that is called off", () => {
  it("leaves the client with credit for one it then drops, locked", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using client = connect(broker);
    const receiver = client.createReceiver("short");
    const calling = new AbortController();
    const looking = receiver.receiveMessages(1, {
      maxWaitTimeInMs: 20_000,
      abortSignal: calling.signal,
    });
    await eventually(() => receiver.isClosed).toBe(false);
    await receiver.peekMessages(1);

    calling.abort();
    await looking.catch(() => {});
    await send(broker, "short", [{ body: "a" }]);

    const [message] = (await receive(client, "short", 1)).messages;
    expect(message?.deliveryCount).toBe(1);
  });

  it.each([
    ["a listener", listenToSource],
    ["a listener for batches", listenInBatches],
  ])("is not what %s does when it stops", async (_what, listenTo) => {
    await using broker = await startBroker({ port: 0, config });
    await using client = connect(broker);
    const listener = listen(listenTo, client, async () => {});
    await listener.opened;

    await listener.stop();
    await send(broker, "work", [{ body: "a" }]);

    const [message] = (await receive(client, "work", 1)).messages;
    expect(message?.deliveryCount).toBe(0);
  });
});
