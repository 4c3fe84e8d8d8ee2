/** The thread of `watchdog.ts`: sleeps, looks, and ends the process when it has to. */
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";

const { oldest, names, limitMs, graceMs } = workerData as {
  readonly oldest: BigInt64Array;
  readonly names: readonly string[];
  readonly limitMs: number;
  readonly graceMs: number;
};
const bed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const lookEveryMs = 1_000;

for (;;) {
  Atomics.wait(bed, 0, 0, lookEveryMs);
  const endsAtMs = Atomics.load(oldest, 0);
  const overMs = Number(process.hrtime.bigint() / 1_000_000n - endsAtMs);
  if (endsAtMs !== 0n && overMs > graceMs) {
    const name = names[Number(Atomics.load(oldest, 1))] ?? "a function";
    const reason = `${name} ran longer than functionTimeout (${limitMs} ms) and blocks the process`;
    writeSync(2, `[${new Date().toISOString()}] [Host] critical ${reason}, which is killed\n`);
    process.kill(process.pid, "SIGKILL");
  }
}
