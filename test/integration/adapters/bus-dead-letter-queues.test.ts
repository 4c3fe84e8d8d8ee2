import type { ServiceBusClient } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busDeadLetterQueues } from "../../../shared/adapters/bus-dead-letter-queues.ts";
import type { DeadLetterQueues } from "../../../shared/pipeline/ports.ts";
import { type BusNamespace, busNamespaces } from "../../support/broker.ts";

const POINTER = { requestId: "a".repeat(32), step: "plan", slice: "", attempt: 1 };

describe.each(busNamespaces())("the dead letters of %s", (_place, open) => {
  let namespace: BusNamespace;
  let client: ServiceBusClient;
  let letters: DeadLetterQueues;
  beforeAll(async () => {
    namespace = await open();
    client = namespace.connect();
    letters = busDeadLetterQueues(async () => client, ["plans", "exports"]);
  });
  afterAll(async () => {
    await client.close();
    await namespace[Symbol.asyncDispose]();
  });

  async function bury(id: string, body: unknown): Promise<void> {
    const sender = client.createSender("plans");
    await sender.sendMessages({ messageId: id, body });
    const receiver = client.createReceiver("plans");
    const [message] = await receiver.receiveMessages(1);
    if (message === undefined) throw new Error("The message did not come");
    await receiver.deadLetterMessage(message, {
      deadLetterReason: "maja@example.org",
      deadLetterErrorDescription: "x",
    });
    await Promise.all([receiver.close(), sender.close()]);
  }

  it("are shown without content, replayed once, and discarded", async () => {
    await bury("first", POINTER);
    await bury("second", { of: "maja@example.org" });

    const [first, second] = await letters.list({ limit: 10 });
    await letters.replay("plans", first?.number ?? "");
    const again = letters.replay("plans", first?.number ?? "");

    expect(first).toMatchObject({ queue: "plans", requestId: POINTER.requestId, step: "plan" });
    expect(second).toMatchObject({ requestId: null, reason: "unknown" });
    await expect(again).rejects.toMatchObject({ code: "not-found" });
    const receiver = client.createReceiver("plans");
    const [replayed] = await receiver.receiveMessages(1);
    expect(replayed?.body).toEqual(POINTER);
    await receiver.close();
    await letters.discard("plans", second?.number ?? "");
    expect(await letters.list({ queue: "plans", limit: 10 })).toEqual([]);
    await expect(letters.list({ queue: "other", limit: 1 })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
