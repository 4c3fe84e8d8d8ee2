import { isFinal, type PrivacyRequest, STATES } from "../core/request.ts";
import { msBetween } from "../core/time.ts";
import type { Due } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** Measures what is waiting, for alerts: it changes nothing. */

const PAGE = 100;
const DAY_MS = 86_400_000;
/** Later than any instant that a request names. */
const END_OF_TIME = "9999-12-31T23:59:59.999Z";

type Measured = Pick<Stage, "ledger" | "dueIndex" | "purgeIndex" | "clock" | "telemetry" | "pace">;

type StateSums = { open: number; oldestAgeMs: number; oldestRequestId: string | null };

type Sums = {
  owed: number;
  lookLagMs: number;
  daysToDeadline: number | null;
  firstDueRequestId: string | null;
  readonly seen: Set<string>;
  readonly states: Map<string, StateSums>;
};

/**
 * Tells the backlog as it is now: one event for each state, those without a request too, and one for all. Reads the
 * due index, in which every open request has a row, of each request its row and what it owes, and the first of the
 * purge index. Stops after the time of one call and tells what it has seen until then.
 */
export async function measure(stage: Measured): Promise<void> {
  const now = stage.clock.now();
  const states = STATES.filter((state) => !isFinal(state));
  const sums: Sums = {
    owed: 0,
    lookLagMs: 0,
    daysToDeadline: null,
    firstDueRequestId: null,
    seen: new Set(),
    states: new Map(
      states.map((state) => [state, { open: 0, oldestAgeMs: 0, oldestRequestId: null }]),
    ),
  };
  let last: Due | undefined;
  do {
    const page = await stage.dueIndex.until(END_OF_TIME, PAGE, last);
    for (const due of page) await add(stage, sums, due, now);
    last = page.at(-1);
  } while (last !== undefined && msBetween(now, stage.clock.now()) < stage.pace.stepMs);
  for (const [state, counted] of sums.states) stage.telemetry.stateMeasured({ state, ...counted });
  const { seen: _seen, states: byState, ...rest } = sums;
  const open = [...byState.values()].reduce((sum, state) => sum + state.open, 0);
  stage.telemetry.backlogMeasured({ open, purgeLagMs: await purgeLagMs(stage, now), ...rest });
}

/** By how much the most overdue removal is late. One that waits for a second look at a deletion is not. */
async function purgeLagMs({ ledger, purgeIndex }: Measured, now: string): Promise<number> {
  let last: Due | undefined;
  do {
    const page = await purgeIndex.until(now, PAGE, last);
    for (const { requestId, lookAt } of page) {
      const request = (await ledger.load(requestId))?.value;
      // Others were left by a crash, and are removed when they are looked at.
      const isOwn = request?.tidyAt === lookAt;
      if (isOwn && request.secondLookAt === null) return msBetween(lookAt, now);
    }
    last = page.at(-1);
  } while (last !== undefined);
  return 0;
}

async function add({ ledger }: Measured, sums: Sums, due: Due, now: string): Promise<void> {
  if (sums.seen.has(due.requestId)) return;
  const request = (await ledger.load(due.requestId))?.value;
  if (request === undefined) return;
  sums.seen.add(due.requestId);
  sums.owed += (await ledger.owed(due.requestId)).length;
  sums.lookLagMs = Math.max(sums.lookLagMs, lag(request.lookAt, now));
  if (!isFinal(request.state)) addOpen(sums, request, now);
}

function addOpen(sums: Sums, request: PrivacyRequest, now: string): void {
  const { requestId, state, submittedAt, dueAt } = request;
  const counted = sums.states.get(state);
  const ageMs = msBetween(submittedAt, now);
  if (counted !== undefined) {
    counted.open += 1;
    if (counted.oldestRequestId === null || ageMs > counted.oldestAgeMs) {
      counted.oldestAgeMs = ageMs;
      counted.oldestRequestId = requestId;
    }
  }
  const days = dueAt === null ? null : msBetween(now, dueAt) / DAY_MS;
  if (days !== null && days < (sums.daysToDeadline ?? Number.POSITIVE_INFINITY)) {
    sums.daysToDeadline = days;
    sums.firstDueRequestId = requestId;
  }
}

function lag(instant: string | null, now: string): number {
  return instant === null ? 0 : Math.max(0, msBetween(instant, now));
}
