/** Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** A clock that runs with the machine's and can be moved on, never back. */
export interface MovableClock extends Clock {
  advance(byMs: number): void;
}

/** Starts at the machine's time. */
export function createMovableClock(): MovableClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance: (byMs) => {
      if (byMs < 0) throw new RangeError("The clock does not run backwards.");
      aheadMs += byMs;
    },
  };
}
