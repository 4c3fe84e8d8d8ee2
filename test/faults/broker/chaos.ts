import { setImmediate as nextTurn } from "node:timers/promises";
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import { startBroker } from "../../../local/service-bus/broker.ts";
import { parseConfig } from "../../../local/service-bus/config.ts";
import { controlOf } from "../../support/control-client.ts";
import { createRandom, type Random } from "../../support/random.ts";

/** How much chaos. */
export type ChaosOptions = {
  readonly messages: number;
  /** How often every connection breaks and every lock ends. */
  readonly drops: number;
  readonly seed: number;
};

/** What became of the messages: `sent` = `completed` + `deadLettered`, and the others are 0. */
export type ChaosResult = {
  readonly sent: number;
  readonly completed: number;
  readonly deadLettered: number;
  /** Neither completed nor dead-lettered, nor in the queue. */
  readonly lost: number;
  /** Dead-lettered although their completion was acknowledged. */
  readonly both: number;
  readonly seed: number;
};

const QUEUE = "chaos";
const PRODUCERS = 4;
const CONSUMERS = 3;
const CONCURRENT_CALLS = 8;
const CONFIG = parseConfig({
  UserConfig: {
    Namespaces: [
      {
        Queues: [
          {
            Name: QUEUE,
            Properties: {
              LockDuration: "PT5M",
              MaxDeliveryCount: 5,
              RequiresDuplicateDetection: true,
            },
          },
        ],
      },
    ],
  },
});
const RETRY = { maxRetries: 3, retryDelayInMs: 20, timeoutInMs: 1000 };

/** What happens to a message in its handler; `throw` leaves it to the client, which abandons it. */
const CHOICES = ["complete", "complete", "complete", "abandon", "deadLetter", "throw"] as const;

type Books = {
  readonly random: Random;
  readonly tried: Set<string>;
  readonly completed: Set<string>;
};

/**
 * Sends and consumes while connections break and locks end, then adds up. A message whose completion
 * was asked for and not answered may be completed or not: it is, when it is nowhere else.
 */
export async function runChaos({ messages, drops, seed }: ChaosOptions): Promise<ChaosResult> {
  await using broker = await startBroker({ port: 0, config: CONFIG, controlPort: 0 });
  const control = controlOf(broker);
  const books: Books = { random: createRandom(seed), tried: new Set(), completed: new Set() };
  const consumers = Array.from({ length: CONSUMERS }, () => connect(broker));
  for (const client of consumers) {
    consume(client.createReceiver(QUEUE, { maxAutoLockRenewalDurationInMs: 0 }), books);
  }
  let sent = 0;
  const ids = Array.from({ length: messages }, (_, index) => `m${index}`);
  const producing = produce(connect(broker), [...ids], () => (sent += 1));
  for (let drop = 1; drop <= drops; drop += 1) {
    await until(() => sent >= (drop * messages) / (drops + 1));
    await control.post("/connections/drop", { kind: drop % 2 === 0 ? "close" : "break" });
    await control.post("/locks/expire", { entity: QUEUE });
  }
  await producing;
  // What a broken connection held would come back when its lock ends.
  await until(async () => {
    await control.post("/locks/expire", { entity: QUEUE });
    return (await peekIds(broker, QUEUE)).length === 0;
  });
  const dead = new Set(await peekIds(broker, `${QUEUE}/$deadletterqueue`));
  for (const client of consumers) void client.close();
  return addUp(ids, dead, books, seed);
}

function addUp(ids: string[], dead: Set<string>, books: Books, seed: number): ChaosResult {
  const completed = ids.filter((id) => !dead.has(id) && books.tried.has(id));
  return {
    sent: ids.length,
    completed: completed.length,
    deadLettered: dead.size,
    lost: ids.filter((id) => !dead.has(id) && !books.tried.has(id)).length,
    both: ids.filter((id) => dead.has(id) && books.completed.has(id)).length,
    seed,
  };
}

/** Sends every id; one that fails is sent again, and the broker drops the second copy. */
async function produce(client: ServiceBusClient, ids: string[], onSent: () => void): Promise<void> {
  const sender = client.createSender(QUEUE);
  const work = async (): Promise<void> => {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
      const message = { messageId: id, body: id };
      while (!(await isDone(sender.sendMessages(message))));
      onSent();
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, work));
}

function consume(receiver: ServiceBusReceiver, books: Books): void {
  const inTurn = oneByOne();
  receiver.subscribe(
    {
      processMessage: async (message) => {
        const choice = CHOICES[books.random.below(CHOICES.length)] ?? "throw";
        if (choice === "throw") throw new Error("asked for");
        await inTurn(() => settle(receiver, message, choice, books));
      },
      processError: async () => undefined,
    },
    { maxConcurrentCalls: CONCURRENT_CALLS, autoCompleteMessages: false },
  );
}

async function settle(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  choice: Exclude<(typeof CHOICES)[number], "throw">,
  { tried, completed }: Books,
): Promise<void> {
  const id = String(message.messageId);
  switch (choice) {
    case "complete":
      tried.add(id);
      if (await isDone(receiver.completeMessage(message))) completed.add(id);
      break;
    case "abandon":
      await isDone(receiver.abandonMessage(message));
      break;
    case "deadLetter":
      await isDone(receiver.deadLetterMessage(message));
      break;
  }
}

/** The client merges different settlements of one turn into one: each has to begin in its own. */
function oneByOne(): (start: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return async (start) => {
    last = last.then(() => nextTurn());
    await last;
    await start();
  };
}

async function peekIds(broker: { connectionString: string }, path: string): Promise<string[]> {
  const client = connect(broker);
  const messages = await client.createReceiver(path).peekMessages(100_000);
  await client.close();
  return messages.map(({ messageId }) => String(messageId));
}

function connect({ connectionString }: { readonly connectionString: string }): ServiceBusClient {
  return new ServiceBusClient(connectionString, { retryOptions: RETRY });
}

async function isDone(operation: Promise<unknown>): Promise<boolean> {
  return operation.then(
    () => true,
    () => false,
  );
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await nextTurn();
  }
}
