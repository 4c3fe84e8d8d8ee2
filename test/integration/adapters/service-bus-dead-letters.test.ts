import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serviceBusDeadLetters } from "../../../shared/adapters/service-bus-dead-letters.ts";
import type { Message } from "../../../shared/core/messages.ts";
import { busClient, connectionTo, unusedPort } from "../../support/broker.ts";
import { type ClockedBroker, startClockedBroker } from "../../support/clocked-broker.ts";
import { deadLettersContract } from "../../support/contracts/dead-letters-contract.ts";
import { newRequestId, outgoing, sampleMessage } from "../../support/contracts/samples.ts";

const LOCK_MS = 10_000;

let broker: ClockedBroker;
beforeAll(async () => {
  broker = await startClockedBroker();
});
afterAll(() => broker[Symbol.asyncDispose]());

const deadLetters = () => serviceBusDeadLetters(async () => broker.client, 100);

/** Sends a message and gives it back until it is delivered no more. */
async function giveUpOn(message: Message): Promise<void> {
  await broker.bus.send([outgoing(message)]);
  await broker.giveUpOn(message.step);
}

/** Dead-letters a body as a worker would, for a reason of its own. */
async function bury(body: unknown, count = 1): Promise<void> {
  const sender = broker.client.createSender("exports");
  await sender.sendMessages(
    Array.from({ length: count }, () => ({ body, messageId: newRequestId() })),
  );
  await sender.close();
  const receiver = broker.client.createReceiver("exports");
  for (let left = count; left > 0; ) {
    const received = await receiver.receiveMessages(left);
    left -= received.length;
    for (const each of received) {
      await receiver.deadLetterMessage(each, {
        deadLetterReason: "NotForMe",
        deadLetterErrorDescription: "",
      });
    }
  }
  await receiver.close();
}

describe("the dead letters of the local broker", () => {
  deadLettersContract(() => ({
    deadLetters: deadLetters(),
    giveUpOn,
    locksEnd: async () => broker.clock.advance(LOCK_MS + 1),
  }));

  it("are found behind more of others than are taken at a time, which stay where they are", async () => {
    const mine = sampleMessage(newRequestId(), { attempt: 7 });
    await bury({ not: "a pointer of ours" });
    await bury(sampleMessage(newRequestId()), 4);
    await giveUpOn(mine);

    let letters = await deadLetters().take(2);
    while (letters.length === 0) letters = await deadLetters().take(2);

    expect(letters.map(({ message }) => message)).toEqual([mine]);
    await letters[0]?.drop();
    const receiver = broker.client.createReceiver("exports", { subQueueType: "deadLetter" });
    expect(await receiver.peekMessages(10)).toHaveLength(5);
    await receiver.close();
  });

  it("cannot be reached when the broker is away, which is told in few words", async () => {
    const away = busClient(connectionTo(await unusedPort()));

    const taking = serviceBusDeadLetters(async () => away, 100).take(1);

    await expect(taking).rejects.toMatchObject({ code: "bus-unavailable" });
    await expect(taking).rejects.toThrow(/^Reading the dead letters of \w+ failed: \w+$/);
    await away.close();
  });
});
