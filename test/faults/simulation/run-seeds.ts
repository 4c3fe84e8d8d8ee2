import { setImmediate } from "node:timers/promises";
import { COUNTS, type Count } from "../checker/finding.ts";
import { isRight, type Simulated, simulate } from "./simulate.ts";

/** What many seeds came to, together. */
export type SeedsResult = Readonly<Record<Count, number>> & {
  readonly from: number;
  readonly seeds: number;
  /** Simulations that never came to rest. */
  readonly restless: number;
  readonly requests: number;
  readonly steps: number;
  readonly faults: Readonly<Record<string, number>>;
  /** The seeds with which something was wrong. */
  readonly failed: readonly number[];
};

/** Runs so many simulations from that seed on; `isStopped` is asked before each. */
export async function runSeeds(
  from: number,
  seeds: number,
  onDone: (simulated: Simulated) => void = () => undefined,
  isStopped: () => boolean = () => false,
): Promise<SeedsResult> {
  const counts = Object.fromEntries(COUNTS.map((count) => [count, 0])) as Record<Count, number>;
  const faults: Record<string, number> = {};
  const failed: number[] = [];
  let [done, restless, requests, steps] = [0, 0, 0, 0];
  for (let seed = from; seed < from + seeds && !isStopped(); seed += 1) {
    const simulated = await simulate(seed);
    done += 1;
    requests += simulated.requests;
    steps += simulated.steps;
    restless += Number(!simulated.isQuiet);
    for (const count of COUNTS) counts[count] += simulated.verdict[count];
    for (const [fault, times] of simulated.faults) faults[fault] = (faults[fault] ?? 0) + times;
    if (!isRight(simulated)) failed.push(seed);
    onDone(simulated);
    // A simulation takes no turn of the event loop: signals and timers get theirs here.
    await setImmediate();
  }
  return { ...counts, from, seeds: done, restless, requests, steps, faults, failed };
}

/** What is wrong with one simulation, and the line that does it again. */
export function reportOf({ seed, isQuiet, verdict }: Simulated): string {
  return [
    ...(isQuiet ? [] : ["It never came to rest."]),
    ...verdict.findings.map(({ count, about, text }) => `${count}: ${about} ${text}`),
    `npm run faults -- simulate --seed ${seed}`,
  ].join("\n");
}
