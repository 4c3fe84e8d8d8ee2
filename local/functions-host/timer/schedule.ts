import { Cron } from "croner";
import { HostError } from "../host-error.ts";
import { parseTimeSpan } from "../time-span.ts";

/** When a timer is due. */
export interface Schedule {
  /** The first occurrence after `instant`. */
  next(instant: Date): Date;
  /** Two occurrences lie less than a minute apart: the real host keeps no status then. */
  readonly isSubMinute: boolean;
}

const cronNames =
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;

/**
 * Reads the schedule of a timer: an NCRONTAB expression of 5 or 6 fields (a leading one for seconds),
 * where day of month AND day of week have to fit, or a TimeSpan between two runs.
 * `timeZone` is an IANA name. Throws a HostError for anything else, and for one that is never due.
 */
export function parseSchedule(text: string, timeZone: string): Schedule {
  const periodMs = parseTimeSpan(text);
  if (periodMs !== undefined && periodMs > 0) {
    return {
      next: (instant) => new Date(instant.getTime() + periodMs),
      isSubMinute: periodMs < 60_000,
    };
  }
  const cron = parseCron(text, timeZone);
  const next = (instant: Date) => {
    const due = cron.nextRun(instant);
    if (due === null) {
      throw new HostError(`The schedule "${text}" is never due.`);
    }
    return due;
  };
  const first = next(new Date());
  return { next, isSubMinute: next(first).getTime() - first.getTime() < 60_000 };
}

function parseCron(text: string, timeZone: string): Cron {
  try {
    if (!/^[\d\s*,/-]+$/.test(text.replaceAll(cronNames, "1"))) {
      throw new TypeError("NCRONTAB knows only numbers, names and * , - /");
    }
    return new Cron(text.trim(), {
      paused: true,
      domAndDow: true,
      mode: "5-or-6-parts",
      sloppyRanges: true,
      timezone: timeZone,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HostError(`"${text}" is neither an NCRONTAB expression nor a TimeSpan: ${reason}.`);
  }
}
