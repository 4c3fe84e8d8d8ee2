import { ServiceBusClient } from "@azure/service-bus";
import { describe, expect, it } from "vitest";
import { type Broker, startBroker } from "../../../local/service-bus/broker.ts";
import { config, got, startApp } from "../../support/fixture-app/bindings.ts";
import { send } from "../../support/fixture-app/queues.ts";
import { eventually } from "../../support/fixture-app/start-host.ts";

describe("Service Bus outputs", () => {
  it("send what a function returns and sets, as text", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = await startApp(
      broker,
      `const queue = output.serviceBusQueue({ queueName: "out", connection: "ServiceBus" });
       const topic = output.serviceBusTopic({ topicName: "events", connection: "ServiceBus" });
       app.post("many", {
         extraOutputs: [queue, topic],
         handler: async (request, context) => {
           context.extraOutputs.set(queue, await request.json());
           context.extraOutputs.set(topic, "told");
           return { status: 202 };
         },
       });
       app.serviceBusQueue("returns", {
         queueName: "work", connection: "ServiceBus", return: queue, handler: (n) => ({ n }),
       });`,
    );
    const url = await host.ready();

    const answer = await fetch(`${url}/api/many`, { method: "POST", body: '["a", {"b":1}]' });
    await send(broker, "work", [{ body: 5 }]);

    expect(answer.status).toBe(202);
    await eventually(() => peekTexts(broker, "out")).toEqual([
      "a",
      '{\n  "b": 1\n}',
      '{\n  "n": 5\n}',
    ]);
    expect(await peekTexts(broker, "events/Subscriptions/all")).toEqual(["told"]);
  });

  it("make the function fail when they can't be sent", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = await startApp(
      broker,
      `const absent = output.serviceBusQueue({ queueName: "absent", connection: "ServiceBus" });
       app.get("sends", {
         extraOutputs: [absent],
         handler: (_request, context) => { context.extraOutputs.set(absent, "x"); return {}; },
       });`,
    );

    const answer = await fetch(`${await host.ready()}/api/sends`);

    expect(answer.status).toBe(500);
    expect(host.logLines("could not be sent to absent")).not.toEqual([]);
  });
});

describe("a retry policy", () => {
  it("runs a timer again, and tells it which try it is", async () => {
    await using broker = await startBroker({ port: 0, config });
    await using host = await startApp(
      broker,
      `app.timer("t", {
         schedule: "0 0 3 1 1 *", runOnStartup: true,
         retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: 0 },
         handler: (_timer, context) => {
           context.log("got " + JSON.stringify(context.retryContext));
           if (context.retryContext.retryCount < 2) throw new Error("asked to fail");
         },
       });`,
    );

    await eventually(() => got(host)).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, exception: { message: "asked to fail" } },
      { retryCount: 2, exception: { message: "asked to fail" } },
    ]);
    expect(host.logLines("error failed")).toEqual([]);
  });
});

/** Bodies as the text that was sent. */
async function peekTexts(broker: Broker, path: string): Promise<string[]> {
  const client = new ServiceBusClient(broker.connectionString);
  const receiver = client.createReceiver(path, { skipParsingBodyAsJson: true });
  const messages = await receiver.peekMessages(100);
  await client.close();
  return messages.map(
    ({ body, contentType }) => `${contentType === "text/plain" ? "" : "?"}${body}`,
  );
}
