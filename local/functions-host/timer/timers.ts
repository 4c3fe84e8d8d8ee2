import type { AppFunction, TimerFunction } from "../app-function.ts";
import { HostError } from "../host-error.ts";
import type { Invoke } from "../invoke.ts";
import type { Log } from "../log.ts";
import type { Settings } from "../settings.ts";
import { startTimer, type TimerListener } from "./listener.ts";
import { createTimerMonitor } from "./monitor.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

type ScheduledFunction = { readonly fn: TimerFunction; readonly schedule: Schedule };

/**
 * Reads the schedules of the timer functions, in UTC unless `WEBSITE_TIME_ZONE` or `TZ` names another
 * zone. Throws a HostError for a schedule that can't be read, and for a zone there is not.
 */
export function readSchedules(
  functions: readonly AppFunction[],
  settings: Settings,
): readonly ScheduledFunction[] {
  const timeZone = readTimeZone(settings);
  return functions
    .filter((fn) => fn.kind === "timer")
    .map((fn) => ({ fn, schedule: parseSchedule(fn.schedule, timeZone) }));
}

function readTimeZone(settings: Settings): string {
  const name = ["WEBSITE_TIME_ZONE", "TZ"].find((setting) => (settings[setting] ?? "") !== "");
  const timeZone = name === undefined ? "UTC" : (settings[name] ?? "");
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new HostError(`${name} is "${timeZone}", which is no time zone like Europe/Berlin.`);
  }
}

/** Starts all timers. As on Azure, one that is due several times a minute keeps no status. */
export async function startTimers(
  scheduled: readonly ScheduledFunction[],
  options: { readonly dataDir: string; readonly invoke: Invoke; readonly log: Log },
): Promise<readonly TimerListener[]> {
  const { dataDir, invoke, log } = options;
  const starts = scheduled.map(({ fn, schedule }) => {
    const keepsStatus = fn.usesMonitor && !schedule.isSubMinute;
    const monitor = keepsStatus ? createTimerMonitor(dataDir, fn.name) : undefined;
    return startTimer({ fn, schedule, monitor, invoke, log });
  });
  return Promise.all(starts);
}
