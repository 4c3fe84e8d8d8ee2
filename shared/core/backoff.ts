/** How long to wait before the next try: full jitter, growing to a cap, never less than was asked for. */

/** `baseMs` is the first ceiling, doubled with every try up to `capMs`. */
export type Backoff = {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxTries: number;
};

/**
 * The wait before try number `tries + 1`. `random` is in [0, 1). A wait that the other side asked for
 * (`retryAfterMs`) is kept, with up to a tenth added so that not everybody comes back at once.
 */
export function waitMs(
  backoff: Backoff,
  tries: number,
  random: number,
  retryAfterMs: number | undefined,
): number {
  const ceilingMs = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(tries, 30));
  const jitterMs = Math.round(random * ceilingMs);
  return retryAfterMs === undefined
    ? jitterMs
    : Math.max(jitterMs, Math.round(retryAfterMs * (1 + random / 10)));
}
