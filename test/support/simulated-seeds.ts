import { reportOf, runSeeds } from "../faults/simulation/run-seeds.ts";
import { isRight } from "../faults/simulation/simulate.ts";

/** Long enough on a machine that is busy with everything else. */
export const MANY_SEEDS = { timeout: 480_000 };

/** Every kind of fault, so that a simulation without one is noticed. */
const FAULTS = [
  "answer-lost",
  "conflict",
  "cut",
  "jump",
  "kill",
  "lock-lost",
  "own-conflict",
  "pause",
  "refused",
  "stall",
];

/** What has to come of so many simulations: `reports` tells what is wrong, and how to see it again. */
export const ALL_RIGHT = { reports: [], restless: 0, failed: [], faults: FAULTS };

/** Runs so many simulations from that seed on, to be compared with `ALL_RIGHT`. */
export async function resultOf(from: number, seeds: number) {
  const reports: string[] = [];
  const result = await runSeeds(from, seeds, (simulated) => {
    if (!isRight(simulated)) reports.push(reportOf(simulated));
  });
  return { ...result, reports, faults: Object.keys(result.faults).sort() };
}
