import { afterAll, expect, it } from "vitest";
import {
  connect,
  peekBodies,
  receive,
  receiveOne,
  SECOND,
  startTestBroker,
} from "./broker-fixture.ts";

const broker = await startTestBroker();
const client = connect(broker);
const sender = client.createSender("events");
const all = client.createReceiver("events", "all");
const erasures = client.createReceiver("events", "erasures");

afterAll(async () => {
  await client.close();
  await broker.close();
});

it("copies each event to the subscriptions whose filter lets it through", async () => {
  await sender.sendMessages([
    { body: 1, subject: "erasure", applicationProperties: { region: "eu" } },
    { body: 2, subject: "erasure", applicationProperties: { region: "us" } },
    { body: 3, subject: "export", applicationProperties: { region: "eu" } },
  ]);

  const everything = await receive(all, 3);
  const some = await receiveOne(erasures);

  expect(everything.map(({ body }) => body)).toEqual([1, 2, 3]);
  expect(some.body).toBe(1);
  for (const message of everything) {
    await all.completeMessage(message);
  }
  expect(await peekBodies(broker, "events/subscriptions/erasures")).toEqual([1]);
  await erasures.completeMessage(some);
});

it("holds a scheduled event until its time and can cancel it", async () => {
  const at = new Date(broker.clock.now() + 60 * SECOND);
  const numbers = await sender.scheduleMessages([{ body: "kept" }, { body: "cancelled" }], at);
  await sender.cancelScheduledMessages(numbers[1] ?? []);
  const early = await peekBodies(broker, "events/subscriptions/all");

  broker.clock.advance(60 * SECOND);
  const message = await receiveOne(all);

  expect(early).toEqual([]);
  expect(message.body).toBe("kept");
  await all.completeMessage(message);
  expect(await peekBodies(broker, "events/subscriptions/all")).toEqual([]);
});

it("dead-letters per subscription", async () => {
  const deadLetters = client.createReceiver("events", "all", { subQueueType: "deadLetter" });
  await sender.sendMessages({ body: "a" });

  await all.deadLetterMessage(await receiveOne(all), {
    deadLetterReason: "bad",
    deadLetterErrorDescription: "",
  });
  const dead = await receiveOne(deadLetters);

  expect(dead).toMatchObject({
    body: "a",
    deadLetterReason: "bad",
    deadLetterSource: "events/subscriptions/all",
  });
  await deadLetters.completeMessage(dead);
});
