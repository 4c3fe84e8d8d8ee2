import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BucketRule, draw, emptied, fullBucket } from "../../../shared/core/token-bucket.ts";

const rules: fc.Arbitrary<BucketRule> = fc.record({
  // With a single token, the rounding of waits to milliseconds is lost at the brim.
  capacity: fc.integer({ min: 2, max: 300 }),
  refillPerSecond: fc.integer({ min: 1, max: 50 }),
});
const steps = fc.array(
  fc.record({
    passedMs: fc.integer({ min: 0, max: 5_000 }),
    atMost: fc.integer({ min: 1, max: 20 }),
  }),
  { maxLength: 60 },
);

describe("a bucket of tokens", () => {
  it("gives within any span of time what it holds and what comes back, and no more", () => {
    fc.assert(
      fc.property(rules, steps, (rule, draws) => {
        let bucket = fullBucket(rule, 0);
        let nowMs = 0;
        const given: { atMs: number; tokens: number }[] = [];
        for (const { passedMs, atMost } of draws) {
          nowMs += passedMs;
          const drawn = draw(bucket, rule, nowMs, atMost);
          bucket = drawn.bucket;
          given.push({ atMs: nowMs, tokens: drawn.tokens });
          expect(drawn.tokens).toBeLessThanOrEqual(atMost);
        }
        for (const [from, { atMs }] of given.entries()) {
          let tokens = 0;
          for (const later of given.slice(from)) {
            tokens += later.tokens;
            const back = ((later.atMs - atMs) / 1000) * rule.refillPerSecond;
            // The sums of fractions are not exact.
            expect(tokens).toBeLessThanOrEqual(rule.capacity + back + 1e-3);
          }
        }
      }),
    );
  });

  it("has a token for whoever comes back when told, if everybody does", () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 40 }), (rule, askers) => {
        let bucket = fullBucket(rule, 0);
        bucket = draw(bucket, rule, 0, rule.capacity).bucket;
        const waits: number[] = [];
        for (let asker = 0; asker < askers; asker += 1) {
          const drawn = draw(bucket, rule, 0, 1);
          bucket = drawn.bucket;
          waits.push(drawn.waitMs);
        }
        for (const waitMs of waits) {
          const drawn = draw(bucket, rule, waitMs, 1);
          bucket = drawn.bucket;
          expect(drawn.tokens).toBe(1);
        }
      }),
    );
  });

  it("makes nobody wait longer than five minutes before asking again", () => {
    const rule = { capacity: 1, refillPerSecond: 1 };
    const bucket = emptied(fullBucket(rule, 0), 0, 86_400_000);

    expect(draw(bucket, rule, 0, 1)).toMatchObject({ tokens: 0, waitMs: 300_000 });
  });

  it("stays empty for the longer of two times that it was told", () => {
    const rule = { capacity: 5, refillPerSecond: 1 };
    const bucket = emptied(emptied(fullBucket(rule, 0), 0, 10_000), 0, 2_000);

    expect(draw(bucket, rule, 9_999, 1).tokens).toBe(0);
    expect(draw(bucket, rule, 11_000, 1).tokens).toBe(1);
  });

  it("takes no harm from a clock that goes back", () => {
    const rule = { capacity: 5, refillPerSecond: 1 };
    const { bucket } = draw(fullBucket(rule, 10_000), rule, 10_000, 5);

    const back = draw(bucket, rule, 4_000, 5);

    expect(back.tokens).toBe(0);
    expect(draw(back.bucket, rule, 11_000, 5).tokens).toBe(1);
  });
});
