import { ServiceBusClient } from "@azure/service-bus";
import { describe, expect, it } from "vitest";
import { startBroker } from "../../../local/service-bus/broker.ts";
import { config, got, startApp } from "../../support/fixture-app/bindings.ts";
import { peekBodies, send } from "../../support/fixture-app/queues.ts";
import { eventually } from "../../support/fixture-app/start-host.ts";

describe("the Service Bus topic trigger", () => {
  it("takes the messages of its subscription and settles them", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = await startApp(
      broker,
      `app.serviceBusTopic("t", {
         topicName: "events", subscriptionName: "all", connection: "ServiceBus",
         handler: (message, context) => context.log("got " + JSON.stringify(message)),
       });`,
    );
    expect(host.stdout()).toContain("t  topic  events/subscriptions/all");

    await send(broker, "events", [{ body: { n: 1 } }, { body: { n: 2 } }]);

    await eventually(() => got(host)).toEqual([{ n: 1 }, { n: 2 }]);
    await eventually(() => peekBodies(broker, "events/Subscriptions/all")).toEqual([]);
  });

  it("reads a dead-letter queue like any other", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = await startApp(
      broker,
      `const common = { connection: "ServiceBus" };
       app.serviceBusQueue("fails", {
         ...common, queueName: "once", handler: () => { throw new Error("asked to fail"); },
       });
       app.serviceBusQueue("reads", {
         ...common, queueName: "once/$DeadLetterQueue",
         handler: (message, context) => context.log("got " + JSON.stringify(message)),
       });`,
    );

    await send(broker, "once", [{ body: "x" }]);

    await eventually(() => got(host)).not.toEqual([]);
    await eventually(() => peekBodies(broker, "once", "deadLetter")).toEqual([]);
    expect(got(host)).toEqual(["x"]);
  });
});

describe("a Service Bus trigger that takes batches", () => {
  const batches = (body: string) => `
    app.serviceBusQueue("b", {
      queueName: "work", connection: "ServiceBus", cardinality: "many",
      handler: (messages, context) => {
        const { messageIdArray, deliveryCountArray } = context.triggerMetadata;
        context.log("got " + JSON.stringify({ messages, messageIdArray, deliveryCountArray }));
        ${body}
      },
    });`;

  it("gets what is there in one call, with its metadata in arrays, and completes all", async () => {
    await using broker = await startBroker({ port: 0, config });
    const sent = [1, 2, 3].map((n) => ({ body: { n }, messageId: `m${n}` }));
    await send(broker, "work", sent);
    await using host = await startApp(broker, batches(""));

    await eventually(() => got(host)).not.toEqual([]);
    await eventually(() => peekBodies(broker, "work")).toEqual([]);
    expect(got(host)).toEqual([
      {
        messages: [{ n: 1 }, { n: 2 }, { n: 3 }],
        messageIdArray: ["m1", "m2", "m3"],
        deliveryCountArray: [1, 1, 1],
      },
    ]);
  });

  it("abandons the whole batch when it throws", async () => {
    await using broker = await startBroker({ port: 0, config });
    await send(broker, "work", [{ body: "a" }, { body: "b" }]);
    await using host = await startApp(broker, batches('throw new Error("asked to fail");'));

    await eventually(() => peekBodies(broker, "work", "deadLetter")).toEqual(["a", "b"]);
    expect(got(host)).toHaveLength(3);
  });

  it("keeps to the sizes of host.json", async () => {
    await using broker = await startBroker({ port: 0, config });
    const bodies = Array.from({ length: 7 }, (_, n) => ({ body: n }));
    await send(broker, "work", bodies);
    const limits = { maxMessageBatchSize: 3, minMessageBatchSize: 2, maxBatchWaitTime: "00:00:30" };
    await using host = await startApp(broker, batches(""), limits);
    await eventually(() => got(host)).toHaveLength(2);

    await send(broker, "work", [{ body: 7 }]);

    const sizes = () =>
      got(host).map((batch) => (batch as { messages: unknown[] }).messages.length);
    await eventually(() => sizes().length).toBe(3);
    expect(sizes()).toEqual([3, 3, 2]);
  });

  it("takes nothing more once it stops, and settles what it has", async () => {
    await using broker = await startBroker({ port: 0, config });
    await send(broker, "work", [{ body: "a" }]);
    await using host = await startApp(
      broker,
      batches("return new Promise((resolve) => setTimeout(resolve, 500));"),
    );
    await eventually(() => got(host)).toHaveLength(1);

    host.kill("SIGTERM");
    await eventually(() => host.logLines("nothing more is taken")).toHaveLength(1);
    await send(broker, "work", [{ body: "b" }]);

    expect(await host.exitCode).toBe(0);
    expect(await peekBodies(broker, "work")).toEqual(["b"]);
  });
});

describe("prefetchCount", () => {
  it("locks messages ahead, runs no more at once, and gives them back at the end", async () => {
    await using broker = await startBroker({ port: 0, config });
    // The first message ends once the host is stopping, any other one never.
    const handler = `(n, context) => {
      context.log("got " + n);
      return new Promise((resolve) => {
        if (n === 0) process.once("SIGTERM", () => setTimeout(resolve, 500));
      });
    }`;
    await using host = await startApp(
      broker,
      `app.serviceBusQueue("p", { queueName: "work", connection: "ServiceBus", handler: ${handler} });`,
      { maxConcurrentCalls: 1, prefetchCount: 2 },
    );
    await send(
      broker,
      "work",
      [0, 1, 2, 3].map((body) => ({ body })),
    );
    await eventually(() => got(host)).toEqual([0]);
    const client = new ServiceBusClient(broker.connectionString);
    const other = client.createReceiver("work");

    const [free] = await other.receiveMessages(1, { maxWaitTimeInMs: 5000 });
    host.kill("SIGTERM");

    expect(await host.exitCode).toBe(0);
    expect(free?.body).toBe(3);
    expect(got(host)).toEqual([0]);
    const back = await other.receiveMessages(2, { maxWaitTimeInMs: 5000 });
    expect(back.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    await client.close();
  });
});
