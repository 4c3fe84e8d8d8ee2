import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Schedule } from "./schedule.ts";

/** What is remembered of a timer: ISO instants; `Last` is .NET's zero before the first run. */
export interface ScheduleStatus {
  readonly Last: string;
  readonly Next: string;
  readonly LastUpdated: string;
}

/** Remembers over restarts when a timer ran and is due. */
export interface TimerMonitor {
  /** The status left by an earlier run of the host, if any. A file that can't be read counts as none. */
  read(): Promise<ScheduleStatus | undefined>;
  write(status: ScheduleStatus): Promise<void>;
}

/** The `DateTime` a timer that never ran has as its last run. */
export const never = "0001-01-01T00:00:00";

const scheduleStatus = z.object({ Last: z.string(), Next: z.string(), LastUpdated: z.string() });

/** Keeps one status file per timer, `<dataDir>/timers/<name>.json`, replaced atomically. */
export function createTimerMonitor(dataDir: string, functionName: string): TimerMonitor {
  const file = join(dataDir, "timers", `${functionName}.json`);
  return {
    read: async () => {
      try {
        return scheduleStatus.parse(JSON.parse(await readFile(file, "utf8")));
      } catch {
        return undefined;
      }
    },
    write: async (status) => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.part`, JSON.stringify(status));
      await rename(`${file}.part`, file);
    },
  };
}

/**
 * The status to start with, and whether a run was missed while no host was there.
 * A schedule changed in between starts anew, so that it is never past due at once.
 * Source: `TimerMonitor.CheckPastDueAsync` of azure-webjobs-sdk-extensions.
 */
export function checkPastDue(
  schedule: Schedule,
  stored: ScheduleStatus | undefined,
  now: Date,
): { readonly status: ScheduleStatus; readonly isPastDue: boolean } {
  if (stored === undefined) {
    return { status: neverRun(schedule.next(now), now), isPastDue: false };
  }
  const basis = stored.Last === never ? stored.LastUpdated : stored.Last;
  const expected = schedule.next(new Date(basis));
  if (expected.getTime() === Date.parse(stored.Next)) {
    return { status: stored, isPastDue: now > expected };
  }
  const next = now > expected ? schedule.next(now) : expected;
  return { status: neverRun(next, now), isPastDue: false };
}

/** The status after a run that started at `startedAt`; a run slightly before its time counts as on time. */
export function afterRun(
  schedule: Schedule,
  before: ScheduleStatus,
  startedAt: Date,
  wasScheduled: boolean,
): ScheduleStatus {
  const due = new Date(before.Next);
  const last = wasScheduled && due > startedAt ? due : startedAt;
  return {
    Last: last.toISOString(),
    Next: schedule.next(last).toISOString(),
    LastUpdated: last.toISOString(),
  };
}

function neverRun(next: Date, now: Date): ScheduleStatus {
  return { Last: never, Next: next.toISOString(), LastUpdated: now.toISOString() };
}
