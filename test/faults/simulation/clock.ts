import type { Clock } from "../../../shared/pipeline/ports.ts";

/** The one clock of a simulation; it moves when the scheduler says so. */
export interface VirtualClock extends Clock {
  /** The instant as milliseconds since 1970. */
  readonly nowMs: number;
  advance(byMs: number): void;
  /** A clock that differs from this one by so much, as every machine's does. */
  skewed(byMs: number): Clock;
}

const START_MS = Date.parse("2026-01-15T08:00:00.000Z");

/** A clock at the beginning of every simulation. */
export function virtualClock(): VirtualClock {
  let nowMs = START_MS;
  const texts = new Map<number, string>();
  const at = (ms: number): string => {
    const known = texts.get(ms);
    if (known !== undefined) return known;
    if (texts.size > 8) texts.clear();
    const text = new Date(ms).toISOString();
    texts.set(ms, text);
    return text;
  };
  return {
    get nowMs() {
      return nowMs;
    },
    now: () => at(nowMs),
    advance: (byMs) => {
      nowMs += byMs;
    },
    skewed: (byMs) => ({ now: () => at(nowMs + byMs) }),
  };
}
