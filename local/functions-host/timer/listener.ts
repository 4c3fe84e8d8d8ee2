import type { TimerFunction } from "../app-function.ts";
import type { Invoke } from "../invoke.ts";
import { describeError, type Log } from "../log.ts";
import { startTrace } from "../trace-context.ts";
import { timerInput } from "./input.ts";
import { afterRun, checkPastDue, type ScheduleStatus, type TimerMonitor } from "./monitor.ts";
import type { Schedule } from "./schedule.ts";

/** A running timer. Stopping starts no further run; one that runs goes on. */
export interface TimerListener {
  stop(): void;
}

export type TimerListenerOptions = {
  readonly fn: TimerFunction;
  readonly schedule: Schedule;
  /** Undefined when the timer keeps no status. */
  readonly monitor: TimerMonitor | undefined;
  readonly invoke: Invoke;
  readonly log: Log;
};

/** Waits in steps, because a timer of Node can't be longer than 24.8 days. */
const longestWaitMs = 24 * 3_600_000;

/**
 * Runs a timer function whenever it is due, one run at a time: occurrences that pass while it runs
 * are made up for by one run right after it. So is a run missed while no host was there, that one with
 * `isPastDue`. Source: `TimerListener` of azure-webjobs-sdk-extensions.
 */
export async function startTimer(options: TimerListenerOptions): Promise<TimerListener> {
  const { fn, schedule, monitor } = options;
  const { status, isPastDue } = checkPastDue(schedule, await monitor?.read(), new Date());
  await monitor?.write(status);
  const first = fn.runsOnStartup ? "startup" : undefined;
  return new RunningTimer(options, status, isPastDue ? "past-due" : first);
}

class RunningTimer implements TimerListener {
  readonly #options: TimerListenerOptions;
  #status: ScheduleStatus;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Runs at once for the reason `first`; without one, when the timer is due. */
  constructor(options: TimerListenerOptions, status: ScheduleStatus, first: RunReason | undefined) {
    this.#options = options;
    this.#status = status;
    if (first === undefined) {
      this.#wait(new Date(status.Next));
    } else {
      this.#timer = setTimeout(() => this.#run(first), 1);
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #wait(due: Date): void {
    if (this.#isStopped) {
      return;
    }
    const leftMs = due.getTime() - Date.now();
    this.#timer =
      leftMs > longestWaitMs
        ? setTimeout(() => this.#wait(due), longestWaitMs)
        : setTimeout(() => this.#run("scheduled"), Math.max(0, leftMs));
  }

  #run(reason: RunReason): void {
    const { fn, log } = this.#options;
    this.#runOnce(reason)
      .catch((error: unknown) => log("error", "Host.Timer", `${fn.name}: ${describeError(error)}`))
      .finally(() => this.#wait(new Date(this.#status.Next)));
  }

  async #runOnce(reason: RunReason): Promise<void> {
    const { schedule, monitor } = this.#options;
    const startedAt = new Date();
    await invokeTimer(this.#options, monitor === undefined ? undefined : this.#status, reason);
    this.#status = afterRun(schedule, this.#status, startedAt, reason === "scheduled");
    await monitor?.write(this.#status);
  }
}

type RunReason = "scheduled" | "past-due" | "startup";

async function invokeTimer(
  { fn, invoke, log }: TimerListenerOptions,
  status: ScheduleStatus | undefined,
  reason: RunReason,
): Promise<void> {
  const data = timerInput({ status, isPastDue: reason === "past-due" });
  try {
    await invoke(fn, {
      inputData: [{ name: fn.bindingName, data }],
      triggerMetadata: {},
      traceContext: startTrace(undefined, undefined),
    });
  } catch (error) {
    log("error", `Function.${fn.name}`, `failed: ${describeError(error)}`);
  }
}
