import { tableLimiter } from "../shared/adapters/table-limiter.ts";
import { startAzurite } from "../test/support/azurite.ts";
import { memoryClock } from "../test/support/memory/clock.ts";
import { type Simulated, simulateDeletions } from "../test/support/simulated-deletions.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { usageOf } from "./process-usage.ts";
import { median } from "./statistics.ts";

/** Deletes `workspaces` through ARM, `rounds` times. */
export type DeleteArmOptions = {
  readonly workspaces: number;
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
};

/** Times longer than the slower bucket alone would take. */
const TARGET = 1.15;

/** What ARM lets a principal do in a subscription, by the documentation: reads and deletes alike. */
const ARM = { capacity: 200, refillPerSecond: 10 };

/** Each worker is a process of its own on Azure: what they share is the table. */
const WORKERS = 4;
const AT_A_TIME = 8;

/** A look whether it is the planned one, the deletion, a look whether it is gone. */
const CALLS = { reads: 2, deletes: 1 };

/**
 * Compares the time on a simulated clock, with the app's own eraser and its limiter on Azurite, with what
 * ARM's buckets leave as the shortest. The service counts its calls by itself and refuses what is too much.
 */
export async function runDeleteArm(options: DeleteArmOptions): Promise<Figure[]> {
  const { workspaces, rounds, onProgress } = options;
  await using account = await startAzurite();
  const ideal = idealSeconds(workspaces);
  const results: Simulated[] = [];
  const before = usageOf(process.pid).cpuSeconds;
  for (let round = 1; round <= rounds; round += 1) {
    const clock = memoryClock();
    const table = account.table();
    const limiters = Array.from({ length: WORKERS }, () => tableLimiter(table, clock, () => ARM));
    const work = { deletions: workspaces, limiters, atATime: AT_A_TIME, clock };
    const result = await simulateDeletions({ ...ARM, left: ARM.capacity, ...work });
    assertAllDeleted(result, workspaces);
    results.push(result);
    onProgress(`${round}/${rounds}: ${result.tookMs / 1000} s, the bucket alone ${ideal} s`);
  }
  const { cpuSeconds, peakRssMB } = usageOf(process.pid);
  return [
    ratioFigure({
      name: "delete-arm: simulated seconds",
      measured: results.map(({ tookMs }) => tookMs / 1000),
      compared: results.map(() => ideal),
      target: () => TARGET,
      bound: "at-most",
      cpuSecondsPerGB: null,
      peakRssMB,
      details: {
        workspaces,
        calls: median(results.map(({ calls }) => calls)),
        refused: median(results.map(({ refused }) => refused)),
        cpuMsPerWorkspace: rounded(((cpuSeconds - before) * 1000) / (workspaces * rounds)),
      },
    }),
  ];
}

/** What one bucket holds is there at once, every further call waits for its token. */
function idealSeconds(workspaces: number): number {
  const waiting = Object.values(CALLS).map((calls) => calls * workspaces - ARM.capacity);
  return Math.max(...waiting) / ARM.refillPerSecond;
}

function assertAllDeleted({ deleted }: Simulated, workspaces: number): void {
  if (deleted !== workspaces) throw new Error(`${deleted} of ${workspaces} workspaces are gone`);
}
