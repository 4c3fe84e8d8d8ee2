import { readFileSync, writeFileSync } from "node:fs";

/** What a process used so far. */
export type Usage = {
  readonly cpuSeconds: number;
  readonly rssMB: number;
  readonly peakRssMB: number;
};

/** The clock ticks of /proc are hundredths of a second on every Linux (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** Reads Linux's /proc; throws when the process is gone or the machine has no /proc. */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, a name in brackets, may hold spaces; user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssMB: kilobytes(status, "VmRSS") / 1024,
    peakRssMB: kilobytes(status, "VmHWM") / 1024,
  };
}

/** Lets the peak begin again at what the process has now: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
}
