import type { Timer } from "../core/wire.ts";
import { together, type Upkeep } from "./each-due.ts";
import { type PurgeStage, purgeExpired } from "./purger.ts";
import { reconcile } from "./reconciler.ts";
import { type RedriveStage, redrive } from "./redrive.ts";
import { watchDeadlines } from "./watch-deadlines.ts";

/** What the timers do, by hand or by schedule. */

/** What the timers need. */
export type UpkeepStage = PurgeStage & RedriveStage;

const RUNS: Record<Timer, (stage: UpkeepStage, withinMs: number) => Promise<Upkeep>> = {
  reconcile: async (stage, withinMs) =>
    together(await reconcile(stage, withinMs), await redrive(stage)),
  "purge-guest-exports": purgeExpired,
  "watch-deadlines": watchDeadlines,
};

/**
 * Runs what a timer runs, for so long. It works off what is due by an index, so a run that is missed, comes late or
 * comes twice costs delay only. Throws `store-unavailable`, `bus-unavailable`.
 */
export function runUpkeep(stage: UpkeepStage, timer: Timer, withinMs: number): Promise<Upkeep> {
  return RUNS[timer](stage, withinMs);
}
