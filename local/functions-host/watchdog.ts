import { Worker } from "node:worker_threads";

/** Watches over the invocations of this process from a thread of its own. */
export interface Watchdog {
  /** Starts the time of one invocation; the returned function ends it. */
  watch(functionName: string): () => void;
}

/** How long the process has, after an invocation's time is over, to end by itself. */
const graceMs = 5_000;

/** What the thread is given. */
type Watched = {
  /** Monotonic milliseconds at which the oldest invocation's time is over (0 without one), and its name. */
  readonly oldest: BigInt64Array;
  readonly names: readonly string[];
  readonly limitMs: number;
  readonly graceMs: number;
};

/**
 * Ends the process by force when the time of an invocation has been over for 5 s and the process still
 * is there: a handler in an endless loop keeps every timer of the process from firing. The real host
 * restarts its worker from another process. `names` are those of all functions.
 */
export function startWatchdog(limitMs: number, names: readonly string[]): Watchdog {
  const oldest = new BigInt64Array(new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT));
  const watched: Watched = { oldest, names, limitMs, graceMs };
  // As text, because a thread that loads TypeScript takes 10 MB more.
  const thread = new Worker(`(${lookAfter.toString()})()`, {
    eval: true,
    execArgv: [],
    workerData: watched,
  });
  thread.unref();
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

/** The whole of the thread: it can use nothing of this file. */
function lookAfter(): void {
  const { writeSync } = process.getBuiltinModule("node:fs");
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const { oldest, names, limitMs, graceMs: grace } = workerData as Watched;
  const bed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (;;) {
    Atomics.wait(bed, 0, 0, 1_000);
    const endsAtMs = Atomics.load(oldest, 0);
    const overMs = Number(process.hrtime.bigint() / 1_000_000n - endsAtMs);
    if (endsAtMs !== 0n && overMs > grace) {
      const name = names[Number(Atomics.load(oldest, 1))] ?? "a function";
      const reason = `${name} ran longer than functionTimeout (${limitMs} ms) and blocks the process`;
      writeSync(2, `[${new Date().toISOString()}] [Host] critical ${reason}, which is killed\n`);
      process.kill(process.pid, "SIGKILL");
    }
  }
}
