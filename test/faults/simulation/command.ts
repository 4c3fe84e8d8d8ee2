import type { Command } from "commander";
import { wholeNumber } from "../whole-number.ts";
import { reportOf, runSeeds } from "./run-seeds.ts";
import { isRight, simulate } from "./simulate.ts";

type Options = {
  readonly seed?: number;
  readonly seeds: number;
  readonly from: number;
  readonly json?: boolean;
};

const TELL_EVERY_MS = 5_000;

/** `npm run faults -- simulate`: the app's own stages in memory, with faults at every call of a port. */
export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .description("runs the app in memory by one seed after the other, with faults at every await")
    .option("--seeds <number>", "how many simulations", wholeNumber, 2_000)
    .option("--from <number>", "the first seed", wholeNumber, 1)
    .option("--seed <number>", "only this seed, every step of it printed", wholeNumber)
    .option("--json", "the last line on standard output is the result")
    .action((options: Options) =>
      options.seed === undefined ? runMany(options) : runOne(options.seed, options.json === true),
    );
}

/** Exit code 1 when something is wrong. */
async function runOne(seed: number, json: boolean): Promise<void> {
  const simulated = await simulate(seed);
  const { isQuiet, verdict, digest, steps, requests } = simulated;
  for (const line of simulated.trace()) console.error(line);
  const result = { seed, digest, isQuiet, requests, steps, ...verdict };
  if (json) console.log(JSON.stringify(result));
  else console.log(isRight(simulated) ? `Nothing is wrong (${digest}).` : reportOf(simulated));
  process.exitCode = Number(!isRight(simulated));
}

/** Exit code 1 when something is wrong with any of them, 130 after Ctrl-C. */
async function runMany({ seeds, from, json }: Options): Promise<void> {
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
  });
  const startedMs = performance.now();
  let [done, toldMs] = [0, startedMs];
  const result = await runSeeds(
    from,
    seeds,
    (simulated) => {
      done += 1;
      if (!isRight(simulated)) console.error(reportOf(simulated));
      if (performance.now() - toldMs < TELL_EVERY_MS) return;
      toldMs = performance.now();
      const perSecond = (done / (toldMs - startedMs)) * 1000;
      console.error(`${done} of ${seeds} seeds, ${perSecond.toFixed(0)} a second`);
    },
    () => isInterrupted,
  );
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  if (json === true) console.log(JSON.stringify({ ...result, seconds }));
  else
    console.log(`${result.seeds} seeds in ${seconds} s; ${result.failed.length} of them failed.`);
  process.exitCode = result.failed.length > 0 ? 1 : isInterrupted ? 130 : 0;
}
