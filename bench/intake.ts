import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type ApiStack, apiStack } from "./api-stack.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { type Answer, type Call, loadBy } from "./http-load.ts";
import { type BareServer, startBareServer } from "./intake/start-bare-server.ts";
import type { Usage } from "./process-usage.ts";
import { median, quantile } from "./statistics.ts";

/** Sends `requests` to each side, `rounds` times, by `connections` at once. */
export type IntakeOptions = {
  readonly requests: number;
  readonly rounds: number;
  readonly connections: number;
  readonly onProgress: (line: string) => void;
};

/** The intake takes such a share of what a bare server stores, and its slowest answers so many times as long. */
const RATE_TARGET = 0.7;
const P99_TARGET = 3;

/** So large a share of a round's requests comes before those that count. */
const WARMING_UP = 0.5;

type Side = {
  readonly name: "app" | "bare";
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  usage(): Usage;
};

type Turn = {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuSeconds: number;
  readonly peakRssMB: number;
  readonly ids: readonly string[];
};

const acceptedSchema = z.object({ id: z.string() });

/**
 * Compares the app's intake, alone in its host as it is deployed, with a server of `node:http` that makes one
 * table transaction per request, on one Azurite; everything that was accepted has to be found afterwards.
 */
export async function runIntake(options: IntakeOptions): Promise<Figure[]> {
  const { requests, rounds, connections, onProgress } = options;
  const turns = { app: [] as Turn[], bare: [] as Turn[] };
  for (let round = 1; round <= rounds; round += 1) {
    // Azurite slows down with every row it has: each round finds it empty.
    await using stack = await apiStack({ FUNCTION_GROUPS: "intake" });
    await using server = await startBareServer(stack.stack);
    const sides = [await appSide(stack), bareSide(server)];
    for (const side of sides) {
      await submitAll(side, Math.ceil(requests * WARMING_UP), connections);
    }
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const turn = await submitAll(side, requests, connections);
      await findAll(side, turn.ids, connections);
      turns[side.name].push(turn);
      const [rate, p99Ms] = [Math.round(turn.perSecond), Math.round(turn.p99Ms)];
      onProgress(`${round}/${rounds} ${side.name}: ${rate} a second, p99 ${p99Ms} ms, all found`);
    }
  }
  return figuresOf(options, turns);
}

async function appSide(stack: ApiStack): Promise<Side> {
  return {
    name: "app",
    origin: stack.stack.urls.api,
    path: "/api/privacy-requests",
    headers: { authorization: await stack.authorization("requester-tool") },
    usage: () => stack.usage(),
  };
}

function bareSide(server: BareServer): Side {
  const usage = () => server.usage();
  return { name: "bare", origin: server.url, path: "", headers: {}, usage };
}

async function submitAll(side: Side, count: number, connections: number): Promise<Turn> {
  const calls = Array.from({ length: count }, () => submission(side));
  const before = side.usage().cpuSeconds;
  const startedMs = performance.now();
  const answers = await loadBy(connections, side.origin, calls);
  const seconds = (performance.now() - startedMs) / 1000;
  const { cpuSeconds, peakRssMB } = side.usage();
  return {
    perSecond: count / seconds,
    p99Ms: quantile(
      answers.map(({ tookMs }) => tookMs),
      0.99,
    ),
    cpuSeconds: cpuSeconds - before,
    peakRssMB,
    ids: answers.map((answer) => acceptedId(side, answer)),
  };
}

/** Each of another workspace, under a key of its own. */
function submission({ path, headers }: Side): Call {
  const scope = { workspace: randomBytes(16).toString("hex") };
  return {
    method: "POST",
    path,
    headers: {
      ...headers,
      "content-type": "application/json",
      "idempotency-key": randomBytes(16).toString("hex"),
    },
    body: JSON.stringify({ kind: "export", scope }),
  };
}

function acceptedId({ name }: Side, { status, body }: Answer): string {
  if (status !== 202) throw new Error(`The ${name} answered ${status} instead of 202`);
  return acceptedSchema.parse(JSON.parse(body)).id;
}

/** Asks for everything that was accepted; throws when something is not there. */
async function findAll(side: Side, ids: readonly string[], connections: number): Promise<void> {
  const { headers, path } = side;
  const calls = ids.map((id): Call => ({ method: "GET", path: `${path}/${id}`, headers }));
  const answers = await loadBy(connections, side.origin, calls);
  const missing = answers.filter(({ status }) => status !== 200).length;
  if (missing > 0)
    throw new Error(`${missing} requests were accepted by the ${side.name} and lost`);
}

function figuresOf(
  { requests, connections }: IntakeOptions,
  turns: { readonly app: readonly Turn[]; readonly bare: readonly Turn[] },
): Figure[] {
  const cpuMs = (some: readonly Turn[]) =>
    rounded(median(some.map(({ cpuSeconds }) => (cpuSeconds * 1000) / requests)));
  const peakOf = (some: readonly Turn[]) => Math.max(...some.map(({ peakRssMB }) => peakRssMB));
  const common = {
    cpuSecondsPerGB: null,
    peakRssMB: peakOf(turns.app),
    details: {
      requests,
      connections,
      cpuMsPerRequest: cpuMs(turns.app),
      comparedCpuMsPerRequest: cpuMs(turns.bare),
      comparedPeakRssMB: rounded(peakOf(turns.bare)),
    },
  };
  return [
    ratioFigure({
      ...common,
      name: "intake: requests a second",
      measured: turns.app.map(({ perSecond }) => perSecond),
      compared: turns.bare.map(({ perSecond }) => perSecond),
      target: () => RATE_TARGET,
    }),
    ratioFigure({
      ...common,
      name: "intake: milliseconds, 99th percentile",
      measured: turns.app.map(({ p99Ms }) => p99Ms),
      compared: turns.bare.map(({ p99Ms }) => p99Ms),
      target: () => P99_TARGET,
      bound: "at-most",
    }),
  ];
}
