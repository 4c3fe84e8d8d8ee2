import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { parseConfig } from "../../../local/service-bus/config.ts";
import { controlOf } from "../../support/control-client.ts";
import { connect, openReceiver, receive, startTestBroker } from "./broker-fixture.ts";

it("serves 1000 entities on one connection", async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `queue-${index}`);
  const Queues = names.map((Name) => ({ Name }));
  const config = parseConfig({ UserConfig: { Namespaces: [{ Queues }] } });
  await using broker = await startTestBroker({ config, controlPort: 0 });
  await using client = connect(broker, { maxRetries: 0, timeoutInMs: 30_000 });

  for (const name of names) {
    await client.createSender(name).sendMessages({ body: name });
  }
  const last = await receive(client.createReceiver("queue-999"), 1);

  expect(last.map(({ body }) => body)).toEqual(["queue-999"]);
  expect(await controlOf(broker).get("/connections")).toHaveLength(1);
  const entities = await controlOf(broker).get("/entities");
  const queues = (entities as { kind: string; active: number; locked: number }[]).filter(
    ({ kind }) => kind === "queue",
  );
  expect(queues.every(({ active, locked }) => active + locked === 1)).toBe(true);
}, 120_000);

it("shares a queue's messages among its receivers, each message once", async () => {
  await using broker = await startTestBroker();
  await using client = connect(broker);
  await using first = openReceiver(client, "orders");
  await using second = openReceiver(client, "orders");
  const bodies = Array.from({ length: 200 }, (_, body) => body);
  await client.createSender("orders").sendMessages(bodies.map((body) => ({ body })));

  const halves = await Promise.all([receive(first, 100), receive(second, 100)]);

  const received = halves.flat().map(({ body }) => Number(body));
  expect(received.sort((a, b) => a - b)).toEqual(bodies);
});

it("takes no more memory for having served more messages", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  await using broker = await startTestBroker();
  await using client = connect(broker);
  await using receiver = openReceiver(client, "orders");
  const sender = client.createSender("orders");
  const bodies = Array.from({ length: 1000 }, () => ({ body: "x".repeat(200) }));
  const serve = async (thousands: number): Promise<number> => {
    for (let count = 0; count < thousands; count += 1) {
      await sender.sendMessages(bodies);
      await Promise.all(
        (await receive(receiver, 1000)).map((message) => receiver.completeMessage(message)),
      );
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };

  const early = await serve(5);
  const late = await serve(10);

  // What is kept of a message that waits is several hundred bytes.
  expect((late - early) / 10_000).toBeLessThan(100);
}, 120_000);
