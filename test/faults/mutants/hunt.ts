import { COUNTS, type Count } from "../checker/finding.ts";
import { isRight, simulate } from "../simulation/simulate.ts";
import type { Variant } from "../simulation/variant.ts";

/** How a variant fared: `caughtAfter` is how many seeds it took, null when none has caught it. */
export type Hunted = {
  readonly name: string;
  readonly caughtAfter: number | null;
  readonly seed: number | null;
  /** What the checker counted, and how often, in the seed that caught it. */
  readonly counts: Readonly<Partial<Record<Count, number>>>;
  /** The first case in words. */
  readonly finding: string | null;
};

/** Runs a variant by one seed after the other, `seeds` at most, until something is wrong with it. */
export async function hunt(
  name: string,
  variant: Variant,
  { from, seeds }: { readonly from: number; readonly seeds: number },
): Promise<Hunted> {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const simulated = await simulate(seed, variant);
    if (isRight(simulated)) continue;
    const { verdict } = simulated;
    const found = COUNTS.filter((count) => verdict[count] > 0);
    const [first] = verdict.findings;
    return {
      name,
      caughtAfter: seed - from + 1,
      seed,
      counts: Object.fromEntries(found.map((count) => [count, verdict[count]])),
      finding: first === undefined ? "it never came to an end" : first.text,
    };
  }
  return { name, caughtAfter: null, seed: null, counts: {}, finding: null };
}
