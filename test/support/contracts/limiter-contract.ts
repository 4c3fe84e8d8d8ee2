import { expect, it } from "vitest";
import type { BucketRule } from "../../../shared/core/token-bucket.ts";
import type { Clock, Limiter } from "../../../shared/pipeline/ports.ts";
import { type MemoryClock, memoryClock } from "../memory/clock.ts";

/** How the buckets of the contract are. */
const RULE: BucketRule = { capacity: 20, refillPerSecond: 10 };

/** Two workers' limiters over the same buckets. */
export type Limiters = readonly [Limiter, Limiter];

/** States what every limiter promises. `make` gives the limiters of two workers, over full buckets. */
export function limiterContract(make: (clock: Clock, ruleOf: () => BucketRule) => Limiters): void {
  const open = () => {
    const clock = memoryClock();
    const [one, other] = make(clock, () => RULE);
    return { clock, one, other };
  };

  it("gives as many tokens at once as the bucket holds, and then a time to wait", async () => {
    const { one } = open();

    expect(await takeUntilRefused(one, ["b"])).toMatchObject({ taken: 20 });
  });

  it("has a token for who waited as told", async () => {
    const { clock, one } = open();
    const { waitMs } = await takeUntilRefused(one, ["b"]);

    clock.advance(waitMs);

    expect(await one.take(["b"])).toBe(0);
  });

  it("tells different times to those who are sent away at the same time", async () => {
    const { one, other } = open();
    const { waitMs } = await takeUntilRefused(one, ["b"]);

    const waits = [waitMs, await other.take(["b"]), await one.take(["b"])];

    expect(new Set(waits).size).toBe(3);
    expect(Math.min(...waits)).toBeGreaterThan(0);
  });

  it("shares its buckets among all workers", async () => {
    const { one, other } = open();

    const { taken } = await takeInTurns([one, other]);

    expect(taken).toBe(20);
  });

  it("keeps buckets of other names apart", async () => {
    const { one } = open();
    await takeUntilRefused(one, ["b"]);

    expect(await takeUntilRefused(one, ["other"])).toMatchObject({ taken: 20 });
  });

  it("takes a token of each bucket or of none", async () => {
    const { one } = open();
    await takeUntilRefused(one, ["b"]);

    const refused = await one.take(["a", "b"]);
    const { taken } = await takeUntilRefused(one, ["a"]);

    expect(refused).toBeGreaterThan(0);
    expect(taken).toBe(20);
  });

  it("refills steadily, and holds no more than it holds however long it rests", async () => {
    const { clock, one } = open();
    await takeUntilRefused(one, ["b"]);

    clock.advance(1_000);
    const afterASecond = await takeUntilRefused(one, ["b"]);
    clock.advance(86_400_000);
    const afterADay = await takeUntilRefused(one, ["b"]);

    expect([afterASecond.taken, afterADay.taken]).toEqual([10, 20]);
  });

  it("gives none for as long as the service says that there is none", async () => {
    const { clock, one, other } = open();
    await one.take(["b"]);

    await one.empty("b", 30_000);
    const waits = [await one.take(["b"]), await other.take(["b"])];
    clock.advance(29_000);
    const later = await one.take(["b"]);
    clock.advance(1_200);
    const after = await other.take(["b"]);

    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30_000);
    expect(later).toBeGreaterThan(0);
    expect(after).toBe(0);
  });

  it("loses no tokens to a worker that took some and went away", async () => {
    const { clock, one, other } = open();
    await one.take(["b"]);

    const { taken } = await takeUntilRefused(other, ["b"]);
    clock.advance(60_000);

    expect(taken).toBeGreaterThanOrEqual(10);
    expect(await takeUntilRefused(other, ["b"])).toMatchObject({ taken: 20 });
  });

  it("never gives more than the bucket held and what came back", async () => {
    const { clock, one, other } = open();
    let taken = 0;
    let passedMs = 0;

    for (let round = 1; round <= 30; round += 1) {
      taken += (await takeInTurns([one, other], round % 7)).taken;
      passedMs += advance(clock, (round * 137) % 900);
    }

    expect(taken).toBeLessThanOrEqual(20 + (passedMs / 1000) * 10);
    expect(taken).toBeGreaterThanOrEqual(30);
  });
}

async function takeUntilRefused(limiter: Limiter, buckets: readonly string[]) {
  for (let taken = 0; taken <= 1000; taken += 1) {
    const waitMs = await limiter.take(buckets);
    if (waitMs > 0) return { taken, waitMs };
  }
  throw new Error("the limiter limits nothing");
}

/** Takes tokens in turns until both were refused, or `atMost` were taken. */
async function takeInTurns(limiters: Limiters, atMost = 1000): Promise<{ taken: number }> {
  let taken = 0;
  for (let refused = 0, turn = 0; refused < 2 && taken < atMost; turn += 1) {
    const waitMs = await (turn % 2 === 0 ? limiters[0] : limiters[1]).take(["b"]);
    refused = waitMs > 0 ? refused + 1 : 0;
    taken += waitMs > 0 ? 0 : 1;
  }
  return { taken };
}

function advance(clock: MemoryClock, byMs: number): number {
  clock.advance(byMs);
  return byMs;
}
