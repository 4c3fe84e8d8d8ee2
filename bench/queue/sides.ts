import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type ChildSpec, startChild } from "../../local/stack/child-process.ts";
import { readyLine } from "../../local/stack/ready-line.ts";
import { type Usage, usageOf } from "../process-usage.ts";
import { type Tally, tallyOf } from "./tally.ts";

/** The two processes that take messages. */

/** A process that takes messages of a queue; `await using` ends it. */
export interface Taker extends AsyncDisposable {
  readonly queue: "host" | "bare";
  readonly usage: () => Usage;
  /** Resolves with the tally of a round when all of its messages were handled. */
  tally(round: number): Promise<Tally>;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const common = {
  readiness: { by: "line", read: (line: string) => readyLine(line, z.unknown()) },
  readyWithinMs: 60_000,
  graceMs: 12_000,
} as const;

/** The Functions host with an app of one function, run from that folder. */
export function startHost(connectionString: string, root: string, dataDir: string): Promise<Taker> {
  return startTaker("host", {
    ...common,
    name: "host",
    script: here("../../local/functions-host/main.ts"),
    flags: { root, port: 0, data: dataDir, "no-restart": true },
    env: { ServiceBus: connectionString },
  });
}

/** A receiver of the official client, with nothing around it. */
export function startBare(connectionString: string): Promise<Taker> {
  return startTaker("bare", {
    ...common,
    name: "receiver",
    script: here("bare-receiver.ts"),
    flags: { connection: connectionString, queue: "bare" },
  });
}

async function startTaker(queue: Taker["queue"], spec: ChildSpec<unknown>): Promise<Taker> {
  const waiting = new Map<number, (tally: Tally) => void>();
  const child = startChild(spec, (line) => {
    const tally = tallyOf(line);
    if (tally !== undefined) waiting.get(tally.round)?.(tally);
  });
  const ended = child.exited.then((): never => {
    throw new Error(`The ${spec.name} has ended before it had all messages`);
  });
  ended.catch(() => {});
  await child.ready;
  return {
    queue,
    usage: () => usageOf(child.pid ?? Number.NaN),
    tally: (round) =>
      Promise.race([ended, new Promise<Tally>((resolve) => waiting.set(round, resolve))]),
    [Symbol.asyncDispose]: () => child.end(),
  };
}
