import { createRandom } from "../../support/random.ts";
import { check, type Verdict } from "../checker/check.ts";
import type { Finding } from "../checker/finding.ts";
import { Api } from "./api.ts";
import { EventFeed } from "./event-feed.ts";
import { faultStack } from "./fault-stack.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { History } from "./history.ts";
import { keepEvidence } from "./keep-evidence.ts";
import { type Faults, Nemesis } from "./nemesis.ts";
import { AT_ONCE, Progress } from "./progress.ts";
import type { Run } from "./run-state.ts";
import { loadWorkspaces } from "./source-things.ts";
import { TicketSystem } from "./submit-work.ts";
import { Findings, workThrough } from "./work-through.ts";
import { type Work, workload } from "./workload.ts";

/** How many faults, during how much work. */
export type KillOptions = {
  readonly kills: number;
  readonly requests: number;
  readonly seed: number;
  readonly onProgress: (line: string) => void;
  /** Ends the run early: what is under way comes to its end, and is judged. */
  readonly signal: AbortSignal;
  /** A folder for all that the run was judged by. */
  readonly evidence?: string | undefined;
};

/** What came of it: every count of the verdict has to be 0. `ends` says how often requests ended in which state. */
export type KillResult = Omit<Verdict, "findings"> &
  Omit<Faults, "kills"> & {
    readonly kills: number;
    readonly requests: number;
    readonly ends: Readonly<Record<string, number>>;
    readonly deletions: number;
    readonly packages: number;
    readonly events: number;
    readonly seconds: number;
    readonly seed: number;
  };

/** A run: what is counted, every case in words, and what went wrong in this program itself, which ended it early. */
export type KillReport = {
  readonly result: KillResult;
  readonly findings: readonly Finding[];
  readonly defects: readonly unknown[];
};

/** From the last fault on. */
const ENDS_WITHIN_MS = 300_000;

/** Runs the load under faults, heals everything, waits for the end of each request, and judges by evidence alone. */
export async function runKills(options: KillOptions): Promise<KillReport> {
  const startedAt = performance.now();
  const { requests, seed, onProgress } = options;
  await using stack = await faultStack(requests);
  const bus = stack.settings["ServiceBus"] ?? "";
  await using feed = new EventFeed(bus);
  await using tickets = new TicketSystem(bus);
  const over = new AbortController();
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const random = createRandom(seed);
  const api = new Api(stack.hosts, stack.urls.token, { random, signal: over.signal });
  const run: Run = { stack, api, feed, history: new History(), random, signal: over.signal };
  const workspaces = await loadWorkspaces(stack.simulators);
  const found = new Findings();
  using progress = new Progress(options, over.signal);
  signal.addEventListener("abort", () => progress.over());
  const nemesis = nemesisOf(run, { ...options, signal }, progress);
  const working = workAll(run, tickets, found, progress, {
    works: workload(workspaces, requests, createRandom(seed + 1)),
    signal,
    onDefect: (defect) => {
      found.defects.push(defect);
      broken.abort();
    },
  });
  await nemesis.run();
  progress.over();
  await nemesis.heal();
  onProgress("Every fault is healed; waiting for what is under way.");
  const cap = setTimeout(() => over.abort(), ENDS_WITHIN_MS);
  await working;
  clearTimeout(cap);
  onProgress("Gathering evidence.");
  const evidence = await gatherEvidence(run, found, workspaces);
  const verdict = check(evidence);
  const { findings, ...counts } = verdict;
  if (options.evidence !== undefined) {
    await keepEvidence(options.evidence, stack, evidence, findings);
  }
  const result = {
    ...counts,
    ...nemesis.faults,
    requests: run.history.submissions.size,
    ends: progress.ends,
    deletions: evidence.source.deletions.filter(({ isEffective }) => isEffective).length,
    packages: evidence.packages.length,
    events: evidence.events.length,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    seed,
  };
  return { result, findings, defects: found.defects };
}

function nemesisOf({ stack, signal }: Run, options: KillOptions, progress: Progress): Nemesis {
  return new Nemesis({
    stack,
    random: createRandom(options.seed + 2),
    kills: options.kills,
    mayKill: (kills) => progress.untilDue(kills),
    onKill: (faults) => progress.killed(faults),
    signal: AbortSignal.any([signal, options.signal]),
  });
}

type Load = {
  readonly works: Work[];
  readonly signal: AbortSignal;
  readonly onDefect: (defect: unknown) => void;
};

/** Works through the load, some requests at a time; after an interruption or a defect nothing more is begun. */
async function workAll(
  run: Run,
  tickets: TicketSystem,
  found: Findings,
  progress: Progress,
  { works, signal, onDefect }: Load,
): Promise<void> {
  const one = async () => {
    for (;;) {
      await progress.untilWanted();
      const work = signal.aborted ? undefined : works.shift();
      if (work === undefined) return;
      progress.begun(work.key);
      const ending = workThrough(run, tickets, found, work);
      progress.ended(work.key, await endOf(run, ending, onDefect));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function endOf(
  { signal }: Run,
  ending: Promise<string | null>,
  onDefect: Load["onDefect"],
): Promise<string> {
  try {
    return (await ending) ?? "not taken";
  } catch (error) {
    // Whatever is not over by then is found as stuck.
    if (signal.aborted) return "not ended";
    onDefect(error);
    return "broken";
  }
}
