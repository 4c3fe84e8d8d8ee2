/** What one side took for the work of a round. */
export type Cost = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMB: number;
};

/** One of those who do the same work. */
export type Side = { readonly name: string; run(): Promise<Cost> };

/**
 * Lets the sides do their work in turns, a round after the other, and returns what each took, side by side as given. A
 * round before them warms everything up and does not count. Who begins changes with the round.
 */
export async function takeTurns(
  sides: readonly Side[],
  rounds: number,
  onProgress: (line: string) => void,
): Promise<readonly (readonly Cost[])[]> {
  const costs: Cost[][] = sides.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < sides.length; turn += 1) {
      const index = (round + turn) % sides.length;
      const side = sides[index];
      if (side === undefined) continue;
      const cost = await side.run();
      onProgress(`${round}/${rounds} ${side.name}: ${told(cost)}`);
      if (round > 0) costs[index]?.push(cost);
    }
  }
  return costs;
}

/** A cost as a line for people. */
export function told({ seconds, cpuSeconds, peakRssMB }: Cost): string {
  return `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of processor time, peak ${peakRssMB.toFixed(0)} MB`;
}
