import type { TimerHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { measure } from "../shared/pipeline/measure.ts";

/** The timer that tells how much is waiting, and for how long. */
export function measureTimer(context: Context): TimerHandler {
  return async () => {
    await measure(await context.intake());
  };
}
