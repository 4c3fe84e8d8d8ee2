import type { TimerHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { reconcile } from "../shared/pipeline/reconciler.ts";

/** The timer that picks up what a crash left behind. */
export function reconcileTimer(context: Context): TimerHandler {
  return async () => {
    await reconcile(await context.stage());
  };
}
