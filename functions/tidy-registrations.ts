import type { TimerHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { tidyRegistrations } from "../shared/pipeline/remove-workspace.ts";

/** The timer that purges tokens which calls that did not end have left in the vault. */
export function tidyTimer(context: Context): TimerHandler {
  return async () => {
    await tidyRegistrations(await context.registrations());
  };
}
