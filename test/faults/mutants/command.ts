import { setImmediate } from "node:timers/promises";
import type { Command } from "commander";
import { wholeNumber } from "../whole-number.ts";
import { type Hunted, hunt } from "./hunt.ts";
import { VARIANTS } from "./variants.ts";

type Options = { readonly seeds: number; readonly from: number; readonly json?: boolean };

/** `npm run faults -- mutants`: shows that whoever checks the simulation notices an app that is broken. */
export function addMutants(program: Command): void {
  program
    .command("mutants")
    .description(
      "breaks the app on purpose, in one way after the other, and looks whether that is noticed",
    )
    .option("--seeds <number>", "seeds to try for each variant", wholeNumber, 100)
    .option("--from <number>", "the first seed", wholeNumber, 1)
    .option("--json", "the last line on standard output is the result")
    .action(runMutants);
}

/** Exit code 1 when a variant survives, 130 after Ctrl-C. */
async function runMutants({ seeds, from, json }: Options): Promise<void> {
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
    console.error("Stopping after this variant...");
  });
  const results: Hunted[] = [];
  // The app as it is comes first: what is found in it would be found in every variant.
  for (const [name, variant] of [
    ["(the app as it is)", {}] as const,
    ...Object.entries(VARIANTS),
  ]) {
    if (isInterrupted) break;
    const result = await hunt(name, variant, { from, seeds });
    results.push(result);
    console.error(lineOf(result));
    await setImmediate();
  }
  const [control, ...variants] = results;
  const survived = variants.filter(({ caughtAfter }) => caughtAfter === null);
  const isRight = control?.caughtAfter === null && survived.length === 0 && !isInterrupted;
  const caught = variants.length - survived.length;
  if (json === true) {
    console.log(
      JSON.stringify({
        variants: variants.length,
        caught,
        seeds,
        from,
        control,
        results: variants,
      }),
    );
  } else {
    console.log(`${caught} of ${variants.length} variants were caught.`);
  }
  process.exitCode = isInterrupted ? 130 : Number(!isRight);
}

function lineOf({ name, caughtAfter, counts, finding }: Hunted): string {
  if (caughtAfter === null) return `${name}: nothing wrong`;
  const told = Object.entries(counts).map(([count, times]) => `${count} ${times}`);
  return `${name}: caught after ${caughtAfter} (${told.join(", ") || "not at rest"}): ${finding}`;
}
