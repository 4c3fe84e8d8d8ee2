import { createRandom } from "../../support/random.ts";
import { check, type Verdict } from "../checker/check.ts";
import { COUNTS } from "../checker/finding.ts";
import { beginDoings } from "./doings.ts";
import { Gathering } from "./gather.ts";
import { Simulation } from "./simulation.ts";
import type { Variant } from "./variant.ts";

/** What one seed came to. */
export type Simulated = {
  readonly seed: number;
  /** Whether everything had ended when the simulation did. */
  readonly isQuiet: boolean;
  readonly verdict: Verdict;
  readonly digest: string;
  readonly steps: number;
  /** Everything that happened, a line for each step. */
  readonly trace: () => readonly string[];
  readonly requests: number;
  readonly faults: ReadonlyMap<string, number>;
};

/** Runs the simulation of one seed; the same seed does the same again. */
export async function simulate(seed: number, variant?: Variant): Promise<Simulated> {
  const simulation = new Simulation(createRandom(seed), variant);
  const gathering = new Gathering(simulation.world);
  const memory = beginDoings(simulation);
  const isQuiet = await simulation.run();
  const evidence = await gathering.evidence(memory);
  const { digest, faults, steps } = simulation;
  const requests = evidence.requests.length;
  const trace = () => simulation.trace;
  return { seed, isQuiet, verdict: check(evidence), digest, steps, trace, requests, faults };
}

/** Whether nothing is wrong with it. */
export function isRight({ isQuiet, verdict }: Simulated): boolean {
  return isQuiet && COUNTS.every((count) => verdict[count] === 0);
}
