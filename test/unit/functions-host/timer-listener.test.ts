import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Invoke } from "../../../local/functions-host/invoke.ts";
import { startTimer } from "../../../local/functions-host/timer/listener.ts";
import type { ScheduleStatus, TimerMonitor } from "../../../local/functions-host/timer/monitor.ts";
import { parseSchedule } from "../../../local/functions-host/timer/schedule.ts";
import { timerFunction } from "../../support/fixture-app/functions.ts";

const nothing = { isEmpty: true };
const hourly = parseSchedule("0 0 * * * *", "UTC");

function memoryMonitor(
  stored?: ScheduleStatus,
): TimerMonitor & { status: ScheduleStatus | undefined } {
  const monitor = {
    status: stored,
    read: async () => monitor.status,
    write: async (status: ScheduleStatus) => {
      monitor.status = status;
    },
  };
  return monitor;
}

function isPastDue(invoke: ReturnType<typeof vi.fn<Invoke>>, call: number): unknown {
  const data = invoke.mock.calls[call]?.[1].inputData[0]?.data;
  return data !== undefined && "json" in data ? JSON.parse(data.json).IsPastDue : undefined;
}

describe("startTimer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2026-03-02T11:30:00.000Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("runs at each occurrence and keeps the status", async () => {
    const invoke = vi.fn<Invoke>(async () => nothing);
    const monitor = memoryMonitor();
    await startTimer({ fn: timerFunction(), schedule: hourly, monitor, invoke, log: vi.fn() });

    await vi.advanceTimersByTimeAsync(30 * 60_000);
    const statusAtNoon = monitor.status;
    await vi.advanceTimersByTimeAsync(60 * 60_000);

    expect(invoke).toHaveBeenCalledTimes(2);
    expect(statusAtNoon).toEqual({
      Last: "2026-03-02T12:00:00.000Z",
      Next: "2026-03-02T13:00:00.000Z",
      LastUpdated: "2026-03-02T12:00:00.000Z",
    });
  });

  it("never runs twice at once, and makes up by one run for what it missed meanwhile", async () => {
    const slow: Invoke = () => new Promise((resolve) => setTimeout(resolve, 150 * 60_000, nothing));
    const invoke = vi.fn(slow);
    await startTimer({
      fn: timerFunction(),
      schedule: hourly,
      monitor: undefined,
      invoke,
      log: vi.fn(),
    });

    await vi.advanceTimersByTimeAsync(149 * 60_000);
    const callsMeanwhile = invoke.mock.calls.length;
    await vi.advanceTimersByTimeAsync(32 * 60_000);

    expect(callsMeanwhile).toBe(1);
    expect(invoke).toHaveBeenCalledTimes(2);
    expect(isPastDue(invoke, 1)).toBe(false);
  });

  it("makes up once for runs that were missed while the host was down", async () => {
    const invoke = vi.fn<Invoke>(async () => nothing);
    const monitor = memoryMonitor({
      Last: "2026-03-02T08:00:00.000Z",
      Next: "2026-03-02T09:00:00.000Z",
      LastUpdated: "2026-03-02T08:00:00.000Z",
    });
    await startTimer({ fn: timerFunction(), schedule: hourly, monitor, invoke, log: vi.fn() });

    await vi.advanceTimersByTimeAsync(5000);

    expect(invoke).toHaveBeenCalledTimes(1);
    expect(isPastDue(invoke, 0)).toBe(true);
    expect(monitor.status).toMatchObject({ Next: "2026-03-02T12:00:00.000Z" });
  });

  it("runs at start-up when asked to, and is not past due then", async () => {
    const invoke = vi.fn<Invoke>(async () => nothing);
    const fn = timerFunction({ runsOnStartup: true });
    await startTimer({ fn, schedule: hourly, monitor: undefined, invoke, log: vi.fn() });

    await vi.advanceTimersByTimeAsync(5000);

    expect(invoke).toHaveBeenCalledTimes(1);
    expect(isPastDue(invoke, 0)).toBe(false);
  });

  it("goes on after a function that threw", async () => {
    const invoke = vi
      .fn<Invoke>()
      .mockRejectedValueOnce(new Error("boom"))
      .mockResolvedValue(nothing);
    const log = vi.fn();
    await startTimer({ fn: timerFunction(), schedule: hourly, monitor: undefined, invoke, log });

    await vi.advanceTimersByTimeAsync(90 * 60_000);

    expect(invoke).toHaveBeenCalledTimes(2);
    expect(log).toHaveBeenCalledExactlyOnceWith(
      "error",
      "Function.fn",
      expect.stringContaining("failed: Error: boom"),
    );
  });

  it("waits for months without running early", async () => {
    const invoke = vi.fn<Invoke>(async () => nothing);
    const yearly = parseSchedule("0 0 0 1 1 *", "UTC");
    await startTimer({
      fn: timerFunction(),
      schedule: yearly,
      monitor: undefined,
      invoke,
      log: vi.fn(),
    });

    await vi.advanceTimersByTimeAsync(Date.parse("2026-12-31T23:59:59Z") - Date.now());
    const callsBefore = invoke.mock.calls.length;
    await vi.advanceTimersByTimeAsync(1000);

    expect(callsBefore).toBe(0);
    expect(invoke).toHaveBeenCalledTimes(1);
  });

  it("starts no further run once stopped, not even after the one that runs", async () => {
    const slow: Invoke = () => new Promise((resolve) => setTimeout(resolve, 60_000, nothing));
    const invoke = vi.fn(slow);
    const timer = await startTimer({
      fn: timerFunction(),
      schedule: hourly,
      monitor: undefined,
      invoke,
      log: vi.fn(),
    });
    await vi.advanceTimersByTimeAsync(30 * 60_000);

    timer.stop();
    await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);

    expect(invoke).toHaveBeenCalledTimes(1);
  });
});
