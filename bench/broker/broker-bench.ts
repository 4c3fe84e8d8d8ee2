import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServiceBusClient } from "@azure/service-bus";
import { type BrokerProcess, startMain } from "../../test/support/broker-process.ts";
import { type Figure, ratioFigure, rounded } from "../figure.ts";
import { usageOf } from "../process-usage.ts";
import { startEcho } from "./echo.ts";
import { BODY_BYTES, openClient, receiveAndComplete, sendBatched } from "./traffic.ts";

/** How much to measure, and where to say how far it is. */
export type BenchOptions = {
  /** Messages of one round. */
  readonly messages: number;
  /** How often each side takes its turn. */
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
};

type Measure = (client: ServiceBusClient, count: number) => Promise<number>;

const CONFIG = fileURLToPath(new URL("config.json", import.meta.url));
const QUEUED_PER_ROUND = 5;
const MAX_RSS_MB = 250;

/** What the ratios have to reach. */
const SEND_TARGET = 0.5;
const RECEIVE_TARGET = { share: 0.35, perSecond: 8000 };

/**
 * Compares the broker, durable and in a process of its own, with an echo of plain rhea in this
 * process: the same calls of the official client, turn by turn.
 */
export async function runBrokerBench(options: BenchOptions): Promise<Figure[]> {
  return [
    await compare("send in batches", sendBatched, () => SEND_TARGET, options),
    await compare(
      "receive and complete, 16 calls",
      receiveAndComplete,
      (echo) => Math.min(RECEIVE_TARGET.share, RECEIVE_TARGET.perSecond / echo),
      options,
    ),
    await queueMany(options),
  ];
}

async function compare(
  name: string,
  measure: Measure,
  target: (echoMedian: number) => number,
  { messages, rounds, onProgress }: BenchOptions,
): Promise<Figure> {
  await using broker = await startBroker();
  await using echo = await startEcho();
  await using ours = disposable(openClient(broker.connectionString));
  await using theirs = disposable(openClient(echo.connectionString));
  const rates = { broker: [] as number[], echo: [] as number[] };
  let cpuSeconds = 0;
  // Round 0 warms both sides up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    await prepare(measure, ours.client, messages);
    const before = usageOf(broker.pid).cpuSeconds;
    const brokerRate = await measure(ours.client, messages);
    const used = usageOf(broker.pid).cpuSeconds - before;
    await clean(measure, ours.client, messages);
    const echoRate = await measure(theirs.client, messages);
    onProgress(`${name}: ${round}/${rounds} broker ${whole(brokerRate)}, echo ${whole(echoRate)}`);
    if (round > 0) {
      cpuSeconds += used;
      rates.broker.push(brokerRate);
      rates.echo.push(echoRate);
    }
  }
  return ratioFigure({
    name,
    measured: rates.broker,
    compared: rates.echo,
    target,
    cpuSecondsPerGB: cpuSeconds / gigabytes(messages * rounds),
    peakRssMB: usageOf(broker.pid).peakRssMB,
  });
}

/** What is received has to be there; what was sent has to go, so that every round finds the same. */
async function prepare(measure: Measure, client: ServiceBusClient, count: number): Promise<void> {
  if (measure === receiveAndComplete) await sendBatched(client, count);
}

async function clean(measure: Measure, client: ServiceBusClient, count: number): Promise<void> {
  if (measure === sendBatched) await receiveAndComplete(client, count);
}

/** The memory of a broker that holds five times the messages of a round. */
async function queueMany({ messages, onProgress }: BenchOptions): Promise<Figure> {
  const count = QUEUED_PER_ROUND * messages;
  await using broker = await startBroker();
  await using client = disposable(openClient(broker.connectionString));
  await sendBatched(client.client, count);
  const { cpuSeconds, peakRssMB, rssMB } = usageOf(broker.pid);
  onProgress(`${count} messages queued: ${whole(rssMB)} MB, at most ${whole(peakRssMB)} MB`);
  return {
    name: "memory of queued messages",
    ratio: rounded(peakRssMB / MAX_RSS_MB),
    target: MAX_RSS_MB,
    holds: peakRssMB <= MAX_RSS_MB,
    spread: null,
    cpuSecondsPerGB: rounded(cpuSeconds / gigabytes(count)),
    peakRssMB: rounded(peakRssMB),
    details: { messages: count, rssMB: rounded(rssMB) },
  };
}

async function startBroker(): Promise<BrokerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "bench-broker-"));
  const broker = await startMain({ dataDir, config: CONFIG });
  return {
    ...broker,
    async [Symbol.asyncDispose]() {
      await broker.terminate();
      await rm(dataDir, { recursive: true });
    },
  };
}

function disposable(client: ServiceBusClient) {
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

function gigabytes(messages: number): number {
  return (messages * BODY_BYTES) / 1e9;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
