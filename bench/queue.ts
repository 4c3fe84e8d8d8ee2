import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServiceBusClient, ServiceBusReceiver } from "@azure/service-bus";
import { startMain } from "../test/support/broker-process.ts";
import { openClient } from "./broker/traffic.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { writeAppFolder } from "./queue/app-folder.ts";
import { startBare, startHost, type Taker } from "./queue/sides.ts";
import { median } from "./statistics.ts";

/** Hands `messages` to each side, `rounds` times; beyond those in work the host has `prefetch` in hand. */
export type QueueOptions = {
  readonly prefetch: number;
  readonly messages: number;
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
};

/** A function on a queue takes at least such a share of the messages that the client takes by itself. */
const TARGET = 0.7;

const CONFIG = fileURLToPath(new URL("queue/config.json", import.meta.url));
const FILLER = "x".repeat(960);

type Turn = { readonly perSecond: number; readonly cpuSeconds: number };

/** Compares the Functions host, with an app of one function, with a receiver of the same client, on one broker. */
export async function runQueue(options: QueueOptions): Promise<Figure[]> {
  const { messages, rounds, prefetch, onProgress } = options;
  const folder = await mkdtemp(join(tmpdir(), "bench-queue-"));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const broker = cleanUp.use(await startMain({ dataDir: join(folder, "bus"), config: CONFIG }));
  const client = openClient(broker.connectionString);
  cleanUp.defer(() => client.close());
  await writeAppFolder(join(folder, "app"), prefetch);
  const host = cleanUp.use(
    await startHost(broker.connectionString, join(folder, "app"), join(folder, "host")),
  );
  const bare = cleanUp.use(await startBare(broker.connectionString));
  const turns = { host: [] as Turn[], bare: [] as Turn[] };
  // Round 0 warms both sides up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of [host, bare]) {
      const turn = await take(client, side, round, messages);
      if (round > 0) turns[side.queue].push(turn);
      onProgress(
        `${round}/${rounds} ${side.queue}: ${Math.round(turn.perSecond)} messages a second`,
      );
    }
  }
  const cpuSeconds = median(turns.host.map((turn) => turn.cpuSeconds));
  return [
    ratioFigure({
      name: "queue: messages a second through a function",
      measured: turns.host.map(({ perSecond }) => perSecond),
      compared: turns.bare.map(({ perSecond }) => perSecond),
      target: () => TARGET,
      cpuSecondsPerGB: cpuSeconds / ((messages * FILLER.length) / 1e9),
      peakRssMB: host.usage().peakRssMB,
      details: {
        messages,
        prefetch,
        comparedPeakRssMB: rounded(bare.usage().peakRssMB),
        comparedCpuSeconds: rounded(median(turns.bare.map((turn) => turn.cpuSeconds))),
        cpuSeconds: rounded(cpuSeconds),
      },
    }),
  ];
}

/** Sends the messages of a round, waits until all were handled, and looks that each was handled once and is gone. */
async function take(
  client: ServiceBusClient,
  side: Taker,
  round: number,
  count: number,
): Promise<Turn> {
  const taken = side.tally(round);
  const before = side.usage().cpuSeconds;
  const startedMs = performance.now();
  await send(client, side.queue, round, count);
  const { received } = await taken;
  const seconds = (performance.now() - startedMs) / 1000;
  const { cpuSeconds } = side.usage();
  if (received !== count) throw new Error(`${received} messages were handled of ${count}`);
  await untilEmpty(client, side.queue);
  return { perSecond: count / seconds, cpuSeconds: cpuSeconds - before };
}

async function send(
  client: ServiceBusClient,
  queue: string,
  round: number,
  count: number,
): Promise<void> {
  const sender = client.createSender(queue);
  for (let number = 0; number < count; ) {
    const batch = await sender.createMessageBatch();
    while (number < count && batch.tryAddMessage({ body: { round, number, of: count, FILLER } })) {
      number += 1;
    }
    await sender.sendMessages(batch);
  }
  await sender.close();
}

/** The last completions follow the last handler; nothing may be left, and nothing be a dead letter. */
async function untilEmpty(client: ServiceBusClient, queue: string): Promise<void> {
  const [live, dead] = [
    client.createReceiver(queue),
    client.createReceiver(queue, { subQueueType: "deadLetter" }),
  ];
  while (await hasMessages(live));
  if (await hasMessages(dead)) throw new Error(`A message of ${queue} became a dead letter`);
  await Promise.all([live.close(), dead.close()]);
}

async function hasMessages(receiver: ServiceBusReceiver): Promise<boolean> {
  return (await receiver.peekMessages(1)).length > 0;
}
