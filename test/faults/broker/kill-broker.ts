import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  isServiceBusError,
  ServiceBusClient,
  type ServiceBusReceivedMessage,
} from "@azure/service-bus";
import { type BrokerProcess, startMain } from "../../support/broker-process.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { Expectations, type Violations } from "./expectations.ts";
import { peekAll, QUEUE, runUntilKilled } from "./traffic.ts";

/** How often to kill the broker, and during how many sends. */
export type KillOptions = {
  readonly kills: number;
  /** Acknowledged sends in all; a few more are acknowledged, because kills fall among them. */
  readonly sends: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
  /** Ends the run after the kill at hand. */
  readonly signal?: AbortSignal;
};

/** What came of it; everything after `acknowledged` but the seed has to be 0. */
export type KillResult = {
  readonly kills: number;
  readonly sends: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly deliveryCountsWrong: number;
  readonly staleLocksAccepted: number;
  readonly seed: number;
};

const CONFIG = fileURLToPath(new URL("config.json", import.meta.url));
const OPERATION_TIMEOUT_MS = 30_000;
const STALE_LOCKS_TRIED = 3;
const PROGRESS_EVERY = 10;

/**
 * Kills the broker again and again while clients send, settle and hold locks, and starts it anew on
 * the same data. After each start: every message whose send was acknowledged has to be there unless
 * it was completed, with as many failed deliveries as were acknowledged, and no lock may be left.
 */
export async function killBroker(options: KillOptions): Promise<KillResult> {
  const { kills, sends, seed, onProgress = () => undefined, signal } = options;
  const dataDir = await mkdtemp(join(tmpdir(), "broker-kills-"));
  const expectations = new Expectations();
  const round = { dataDir, expectations, random: createRandom(seed) };
  const wrong = { lost: 0, duplicated: 0, deliveryCountsWrong: 0, staleLocksAccepted: 0 };
  let held: ServiceBusReceivedMessage[] = [];
  let done = 0;
  try {
    for (; done < kills; done += 1) {
      if (signal?.aborted === true) break;
      const until = ((done + 1) * sends) / kills;
      const ended = await runRound({ ...round, number: done, until, held });
      held = ended.held;
      add(wrong, ended);
      if ((done + 1) % PROGRESS_EVERY === 0 || done + 1 === kills) {
        const { acknowledgedCount } = expectations;
        onProgress(`${done + 1}/${kills} kills, ${acknowledgedCount} sends, ${text(wrong)}`);
      }
    }
    add(wrong, await lookAfter({ ...round, held }));
  } finally {
    await rm(dataDir, { recursive: true });
  }
  const acknowledged = expectations.acknowledgedCount;
  return { kills: done, sends, acknowledged, ...wrong, seed };
}

type Look = {
  readonly dataDir: string;
  readonly expectations: Expectations;
  /** Messages whose locks were held when the broker died. */
  readonly held: readonly ServiceBusReceivedMessage[];
};

type Round = Look & { readonly random: Random; readonly number: number; readonly until: number };

type Ended = Violations & { readonly staleLocksAccepted: number };

/** One life of the broker: looks at what it found, then works until it is killed. */
async function runRound(round: Round): Promise<Ended & { held: ServiceBusReceivedMessage[] }> {
  const { dataDir, expectations, random, number, until } = round;
  await using broker = await startMain({ dataDir, config: CONFIG });
  const ended = await look(broker, round);
  const client = connect(broker);
  const enough = Promise.withResolvers<void>();
  const over = new AbortController();
  const nowHeld: ServiceBusReceivedMessage[] = [];
  const traffic = {
    client,
    expectations,
    random,
    prefix: String(number),
    signal: over.signal,
    onAcknowledged: () => {
      if (expectations.acknowledgedCount >= until) enough.resolve();
    },
  };
  await Promise.race([enough.promise, runUntilKilled(traffic, nowHeld)]);
  await broker.kill();
  over.abort();
  // A settlement that was under way fails after its timeout only, and so may the close.
  client.close().catch(() => undefined);
  return { ...ended, held: nowHeld };
}

/** The last life of the broker: what the last kill left. */
async function lookAfter(after: Look): Promise<Ended> {
  await using broker = await startMain({ dataDir: after.dataDir, config: CONFIG });
  return await look(broker, after);
}

async function look(broker: BrokerProcess, { expectations, held }: Look): Promise<Ended> {
  const client = connect(broker);
  const staleLocksAccepted = await countAccepted(client, held.slice(-STALE_LOCKS_TRIED));
  const violations = expectations.check(await peekAll(client));
  await client.close();
  return { ...violations, staleLocksAccepted };
}

function connect({ connectionString }: BrokerProcess): ServiceBusClient {
  const timeoutInMs = OPERATION_TIMEOUT_MS;
  return new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs } });
}

/** Completes messages under locks of a broker that died; gives how many of them that took. */
async function countAccepted(
  client: ServiceBusClient,
  held: readonly ServiceBusReceivedMessage[],
): Promise<number> {
  const receiver = client.createReceiver(QUEUE);
  let accepted = 0;
  for (const message of held) {
    const isRefused = await receiver.completeMessage(message).then(
      () => false,
      (error: unknown) => isServiceBusError(error) && error.code === "MessageLockLost",
    );
    accepted += isRefused ? 0 : 1;
  }
  await receiver.close();
  return accepted;
}

function add(sum: Record<keyof Ended, number>, ended: Ended): void {
  sum.lost += ended.lost;
  sum.duplicated += ended.duplicated;
  sum.deliveryCountsWrong += ended.deliveryCountsWrong;
  sum.staleLocksAccepted += ended.staleLocksAccepted;
}

function text(wrong: Record<keyof Ended, number>): string {
  return Object.entries(wrong)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
