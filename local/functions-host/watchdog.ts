import { Worker } from "node:worker_threads";

/** Watches over the invocations of this process from a thread of its own. */
export interface Watchdog {
  /** Starts the time of one invocation; the returned function ends it. */
  watch(functionName: string): () => void;
}

/** How long the process has, after an invocation's time is over, to end by itself. */
const graceMs = 5_000;

/**
 * Ends the process by force when the time of an invocation has been over for 5 s and the process still
 * is there: a handler in an endless loop keeps every timer of the process from firing. The real host
 * restarts its worker from another process. `names` are those of all functions.
 */
export function startWatchdog(limitMs: number, names: readonly string[]): Watchdog {
  /** Monotonic milliseconds at which the oldest invocation's time is over (0 without one), and its name. */
  const oldest = new BigInt64Array(new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("watchdog-thread.ts", import.meta.url), {
    workerData: { oldest, names, limitMs, graceMs },
    execArgv: [],
  });
  worker.unref();
  const running = new Set<{ readonly endsAtMs: bigint; readonly name: bigint }>();
  const tell = () => {
    // All have one limit, so that the first to come is the first whose time is over.
    const [first] = running;
    Atomics.store(oldest, 1, first?.name ?? 0n);
    Atomics.store(oldest, 0, first?.endsAtMs ?? 0n);
  };
  return {
    watch: (functionName) => {
      const endsAtMs = process.hrtime.bigint() / 1_000_000n + BigInt(limitMs);
      const invocation = { endsAtMs, name: BigInt(names.indexOf(functionName)) };
      running.add(invocation);
      tell();
      return () => {
        running.delete(invocation);
        tell();
      };
    },
  };
}
