/** The only source of time in the broker's queues, so that a test can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, not before `at`. Returns a function that cancels the call. */
  callAt(at: number, callback: () => void): () => void;
}

/** The longest delay that `setTimeout` takes; a longer one fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  callAt(at, callback) {
    const delayMs = Math.min(Math.max(at - Date.now(), 0), LONGEST_DELAY_MS);
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
