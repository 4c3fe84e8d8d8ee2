import {
  type Bucket,
  type BucketRule,
  draw,
  emptied,
  fullBucket,
} from "../../../shared/core/token-bucket.ts";
import type { Clock, Limiter } from "../../../shared/pipeline/ports.ts";

/** A limiter whose buckets are in memory. */
export function memoryLimiter(clock: Clock, ruleOf: (bucket: string) => BucketRule): Limiter {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (key: string, nowMs: number) =>
    buckets.get(key) ?? fullBucket(ruleOf(key), nowMs);
  return {
    take: async (keys) => {
      const nowMs = Date.parse(clock.now());
      const drawn = keys.map((key) => ({
        key,
        ...draw(bucketOf(key, nowMs), ruleOf(key), nowMs, 1),
      }));
      const refused = drawn.find(({ tokens }) => tokens === 0);
      for (const { key, bucket } of refused === undefined ? drawn : [refused]) {
        buckets.set(key, bucket);
      }
      return refused?.waitMs ?? 0;
    },
    empty: async (key, forMs) => {
      const nowMs = Date.parse(clock.now());
      buckets.set(key, emptied(bucketOf(key, nowMs), nowMs, forMs));
    },
  };
}

/** A limiter that never makes anybody wait. */
export const noLimiter: Limiter = { take: async () => 0, empty: async () => undefined };
