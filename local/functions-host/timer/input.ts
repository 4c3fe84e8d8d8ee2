import type { TypedData } from "../core-types.ts";
import type { ScheduleStatus } from "./monitor.ts";

/**
 * What a timer function gets as its first argument, before the library lower-cases the names.
 * `status` is undefined for a timer without monitor; its `scheduleStatus` is then null.
 */
export function timerInput(timer: {
  readonly status: ScheduleStatus | undefined;
  readonly isPastDue: boolean;
}): TypedData {
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: timer.status ?? null,
      IsPastDue: timer.isPastDue,
    }),
  };
}
