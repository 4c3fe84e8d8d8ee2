import type { Timer } from "../../shared/core/wire.ts";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";

/**
 * `studio-dsr purge`, `reconcile` and `deadlines`: runs a timer now, and again until nothing is due. Fails when
 * something could not be looked at; it stays due.
 */
export async function runTimer(
  { client, print, progress }: CommandContext,
  timer: Timer,
): Promise<void> {
  let [looked, failed] = [0, 0];
  for (let hasMore = true; hasMore; ) {
    const run = await client.runTimer(timer);
    looked += run.looked;
    failed += run.failed;
    // What fails stays due: a run that comes to nothing else would go on for ever.
    hasMore = run.hasMore && run.looked > run.failed;
    if (hasMore) progress.show(`${timer}: ${looked} looked at`);
  }
  progress.end();
  print(`${timer}: ${looked} looked at, ${failed} failed`, { timer, looked, failed });
  if (failed > 0) {
    throw new CommandError(`${failed} could not be looked at; the next run looks at them again.`);
  }
}
