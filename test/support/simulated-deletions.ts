import { isCode } from "../../shared/errors.ts";
import type { Eraser, Limiter } from "../../shared/pipeline/ports.ts";
import type { MemoryClock } from "./memory/clock.ts";
import {
  allowed,
  CHURN,
  CHURN_ASSET,
  eraserOver,
  workspaceBody,
} from "./providers/arm-to-erase.ts";
import { type FakeAnswer, fakeTransport } from "./providers/fake-transport.ts";

/** Many deletions through ARM on a simulated clock, against a service that counts calls by itself. */

/** How the service counts, and how much work there is for how many workers. */
export type Simulation = {
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** So many calls others have left of each bucket at the start. */
  readonly left: number;
  readonly deletions: number;
  /** The limiter of each worker, all over the same buckets. */
  readonly limiters: readonly Limiter[];
  /** So many deletions each worker has in hand at a time. */
  readonly atATime: number;
  readonly clock: MemoryClock;
};

/** How long it took, what the service has deleted, how many calls came, and how many of them it refused with 429. */
export type Simulated = {
  readonly tookMs: number;
  readonly deleted: number;
  readonly calls: number;
  readonly refused: number;
  /** How often our own limiter sent work away. */
  readonly sentAway: number;
};

/** How long the service takes to answer. */
const LATENCY_MS = 150;

/**
 * Deletes workspaces and looks whether they are gone, until all are. Who is sent away comes back when it was told to,
 * on a clock that jumps from one event to the next.
 */
export async function simulateDeletions(simulation: Simulation): Promise<Simulated> {
  const { clock, deletions, limiters, atATime } = simulation;
  const service = countingService(simulation);
  const transport = fakeTransport(({ method, url }) => service.answer(method, String(url)));
  const queue = Array.from({ length: deletions }, (_unused, index) => `${CHURN.armId}-${index}`);
  const sent = { away: 0 };
  const startMs = Date.parse(clock.now());
  let agenda = limiters
    .map((limiter) => eraserOver(transport, limiter, clock))
    .flatMap((eraser) => Array.from({ length: atATime }, () => worker(eraser, queue, sent)))
    .map((work) => ({ atMs: startMs, work }));
  let nowMs = startMs;
  while (agenda.length > 0) {
    nowMs = Math.max(nowMs, Math.min(...agenda.map(({ atMs }) => atMs)));
    clock.set(new Date(nowMs).toISOString());
    const later: typeof agenda = [];
    for (const { atMs, work } of agenda) {
      const step = atMs <= nowMs ? await work.next() : null;
      if (step === null) later.push({ atMs, work });
      else if (step.done !== true) later.push({ atMs: nowMs + step.value, work });
    }
    agenda = later;
  }
  const calls = transport.calls.length;
  const counted = { calls, refused: service.refused(), sentAway: sent.away };
  return { tookMs: nowMs - startMs, deleted: service.deleted(), ...counted };
}

/** Works through the queue; gives the time after which it goes on, in milliseconds. */
async function* worker(
  eraser: Eraser,
  queue: string[],
  sent: { away: number },
): AsyncGenerator<number, undefined> {
  for (let armId = queue.shift(); armId !== undefined; armId = queue.shift()) {
    const workspace = { ...CHURN, armId };
    const asset = { ...CHURN_ASSET, sourceId: armId };
    const steps = [
      () => eraser.erase(workspace, asset, allowed),
      () => eraser.remaining(workspace, [asset]),
    ];
    for (const step of steps) {
      for (let waitMs = await waitAfter(step); waitMs > 0; waitMs = await waitAfter(step)) {
        sent.away += 1;
        yield waitMs;
      }
      yield LATENCY_MS;
    }
  }
  return undefined;
}

/** 0 when the step is done, else how long it has to wait. */
async function waitAfter(step: () => Promise<unknown>): Promise<number> {
  try {
    await step();
    return 0;
  } catch (error) {
    if (isCode(error, "source-throttled")) return error.retryAfterMs ?? 1_000;
    throw error;
  }
}

/** ARM with a bucket for reads and one for deletes, and workspaces that are there until they are deleted. */
function countingService({ capacity, refillPerSecond, left, clock }: Simulation) {
  const started = { tokens: left, atMs: Date.parse(clock.now()) };
  const buckets = { GET: { ...started }, DELETE: { ...started } };
  const gone = new Set<string>();
  let refused = 0;
  return {
    refused: () => refused,
    deleted: () => gone.size,
    answer(method: string, url: string): FakeAnswer {
      const bucket = method === "DELETE" ? buckets.DELETE : buckets.GET;
      const nowMs = Date.parse(clock.now());
      const grown = bucket.tokens + ((nowMs - bucket.atMs) / 1000) * refillPerSecond;
      bucket.tokens = Math.min(capacity, grown);
      bucket.atMs = nowMs;
      if (bucket.tokens < 1) {
        refused += 1;
        const seconds = Math.ceil((1 - bucket.tokens) / refillPerSecond);
        return { status: 429, headers: { "Retry-After": String(seconds) } };
      }
      bucket.tokens -= 1;
      const counted = method === "DELETE" ? "deletes" : "reads";
      const remaining = String(Math.floor(bucket.tokens));
      const headers = { [`x-ms-ratelimit-remaining-subscription-${counted}`]: remaining };
      if (method === "DELETE") gone.add(url);
      else if (gone.has(url)) return { status: 404, headers };
      return { status: 200, headers, body: method === "DELETE" ? "" : workspaceBody() };
    },
  };
}
