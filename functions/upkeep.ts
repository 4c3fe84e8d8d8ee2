import type { HttpHandler, TimerHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { TIMERS, type Timer, type UpkeepView } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import { assertAllLooked } from "../shared/pipeline/each-due.ts";
import { runUpkeep } from "../shared/pipeline/upkeep.ts";
import { guarded } from "./http.ts";

/**
 * A timer. A run that comes late is told, and does what is due by then: nothing depends on the hour it was meant for.
 * Throws when something could not be looked at, so that the host counts the run as failed.
 */
export function upkeepTimer(context: Context, timer: Timer): TimerHandler {
  return async ({ isPastDue }) => {
    if (isPastDue) context.telemetry.timerLate({ timer });
    const stage = await context.upkeep();
    assertAllLooked(await runUpkeep(stage, timer, stage.pace.stepMs));
  };
}

/** An answer has to come before a gateway gives up; who asks runs it again as long as there is more. */
const BY_HAND_MS = 30_000;

/** `POST /api/upkeep/{timer}`: runs a timer now, for half a minute at most; the answer says whether there is more. */
export function runTimer(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request }) => {
      const timer = TIMERS.find((name) => name === request.params["timer"]);
      if (timer === undefined) {
        throw new AppError("not-found", `There is no such timer: name one of ${TIMERS.join(", ")}`);
      }
      const run = await runUpkeep(await context.upkeep(), timer, BY_HAND_MS);
      return { jsonBody: { timer, ...run } satisfies UpkeepView };
    },
  });
}
