import type { Clock } from "../../../shared/pipeline/ports.ts";

/** A clock that stands still until a test moves it. */
export interface MemoryClock extends Clock {
  /** Moves the clock on. */
  advance(byMs: number): void;
  /** Sets the clock to an instant (ISO 8601, UTC). */
  set(at: string): void;
}

/** A clock for tests; it starts at `start`. */
export function memoryClock(start = "2026-01-15T08:00:00.000Z"): MemoryClock {
  let now = instantOf(Date.parse(start));
  return {
    now: () => now,
    advance: (byMs) => {
      now = instantOf(Date.parse(now) + byMs);
    },
    set: (at) => {
      now = instantOf(Date.parse(at));
    },
  };
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}
