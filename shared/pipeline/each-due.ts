import { addMs } from "../core/time.ts";
import { AppError, toAppError } from "../errors.ts";
import { errorName } from "../telemetry.ts";
import { eachLimited } from "./each-limited.ts";
import type { Due, DueIndex } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** What the timers share: they work off a due index, and nothing but it. */

const PAGE = 200;

/** What a run came to; `hasMore` when its time was over before all rows that were due had been looked at. */
export type Upkeep = {
  readonly looked: number;
  readonly failed: number;
  readonly hasMore: boolean;
};

/**
 * Looks at every row that is due when the run begins, once, earliest first, `limit` at a time, and stops after
 * `withinMs`: what is left is due in the next run. One row that fails does not keep the others from being looked at: it
 * is told, stays due, and is counted. Running it twice at once, or after any pause, does no harm if `look` can stand it.
 */
export async function eachDue(
  { clock, telemetry }: Pick<Stage, "clock" | "telemetry">,
  index: DueIndex,
  { limit, withinMs }: { readonly limit: number; readonly withinMs: number },
  look: (due: Due) => Promise<void>,
): Promise<Upkeep> {
  const startedAt = clock.now();
  const isTimeUp = () => clock.now() > addMs(startedAt, withinMs);
  let [looked, failed, hasMore] = [0, 0, false];
  for (let last: Due | undefined; !hasMore; ) {
    const page = await index.until(startedAt, PAGE, last);
    await eachLimited(page, limit, async (due) => {
      if (isTimeUp()) {
        hasMore = true;
        return;
      }
      looked += 1;
      try {
        await look(due);
      } catch (error) {
        failed += 1;
        const { code, cause } = toAppError(error);
        telemetry.lookFailed({ requestId: due.requestId, code, error: errorName(cause) });
      }
    });
    last = page.at(-1);
    if (page.length < PAGE) break;
    hasMore ||= isTimeUp();
  }
  return { looked, failed, hasMore };
}

/** Throws `internal` when something could not be looked at, so that the run counts as failed. */
export function assertAllLooked({ failed }: Upkeep): void {
  if (failed > 0) throw new AppError("internal", `${failed} requests could not be looked at`);
}

/** Two runs as one. */
export function together(a: Upkeep, b: Upkeep): Upkeep {
  return {
    looked: a.looked + b.looked,
    failed: a.failed + b.failed,
    hasMore: a.hasMore || b.hasMore,
  };
}
