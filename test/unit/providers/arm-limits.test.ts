import { describe, expect, it } from "vitest";
import { memoryClock } from "../../support/memory/clock.ts";
import { memoryLimiter } from "../../support/memory/limiter.ts";
import { type Simulated, simulateDeletions } from "../../support/simulated-deletions.ts";

const RULE = { capacity: 200, refillPerSecond: 10 };

/** Deletions by four workers, when others have left so many calls of ARM's buckets. */
function simulated(deletions: number, left: number): Promise<Simulated> {
  const clock = memoryClock();
  const limiter = memoryLimiter(clock, () => RULE);
  const limiters = [limiter, limiter, limiter, limiter];
  return simulateDeletions({ ...RULE, left, deletions, limiters, atATime: 8, clock });
}

/** Each deletion needs a look before and a look after: reads are the slower bucket. */
function idealMs(deletions: number, left: number): number {
  return ((2 * deletions - left) / RULE.refillPerSecond) * 1_000;
}

describe("a thousand deletions", () => {
  it("take as long as ARM's limits want, and are never refused", async () => {
    const { tookMs, calls, refused } = await simulated(1_000, RULE.capacity);

    expect(calls).toBe(3_000);
    expect(tookMs).toBeLessThanOrEqual(1.15 * idealMs(1_000, RULE.capacity));
    expect(refused).toBe(0);
  });

  it("are hardly ever refused when others have used up the limits", async () => {
    const { tookMs, calls, refused } = await simulated(1_000, 0);

    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(calls / 100);
    expect(tookMs).toBeLessThanOrEqual(1.15 * idealMs(1_000, 0));
  });
});
