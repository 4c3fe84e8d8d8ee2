import { z } from "zod";

/**
 * A bucket of tokens, as a service counts calls: it holds `capacity`, refills steadily, and each call takes one
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
 */

/** How much a bucket holds, and how many tokens come back per second. */
export type BucketRule = { readonly capacity: number; readonly refillPerSecond: number };

/**
 * A bucket: so many tokens at the instant `atMs`, which lies ahead when the bucket stays empty until then. `nextMs`
 * is when the next token comes that nobody was told to come back for. Instants are in milliseconds since 1970.
 */
export const bucketSchema = z.object({ tokens: z.number(), atMs: z.number(), nextMs: z.number() });
export type Bucket = z.infer<typeof bucketSchema>;

/** What came of asking: so many tokens (none when there were none), or how long to wait before asking again. */
export type Drawn = { readonly bucket: Bucket; readonly tokens: number; readonly waitMs: number };

/** Fractions that come back add up to a whole token but for rounding. */
const ROUNDING = 1e-6;
/** Who has to wait for longer than this asks again before. */
const MAX_WAIT_MS = 5 * 60_000;

/** A bucket that nobody drew from yet. */
export function fullBucket({ capacity }: BucketRule, nowMs: number): Bucket {
  return { tokens: capacity, atMs: nowMs, nextMs: nowMs };
}

/** Draws up to `atMost` tokens. Who gets none is told a time that nobody else was told. */
export function draw(bucket: Bucket, rule: BucketRule, nowMs: number, atMost: number): Drawn {
  const perMs = rule.refillPerSecond / 1000;
  const passedMs = Math.max(0, nowMs - bucket.atMs);
  const held = Math.min(rule.capacity, bucket.tokens + passedMs * perMs);
  const atMs = Math.max(nowMs, bucket.atMs);
  const tokens = nowMs < bucket.atMs ? 0 : Math.min(Math.floor(held + ROUNDING), atMost);
  if (tokens > 0) {
    const left = Math.max(0, held - tokens);
    return { bucket: { ...bucket, tokens: left, atMs }, tokens, waitMs: 0 };
  }
  const backMs = Math.max(bucket.nextMs, atMs + Math.max(0, 1 - held) / perMs);
  const waitMs = Math.min(Math.ceil(backMs - nowMs), MAX_WAIT_MS);
  const nextMs = Math.min(backMs + 1 / perMs, nowMs + MAX_WAIT_MS);
  return { bucket: { tokens: held, atMs, nextMs }, tokens: 0, waitMs: Math.max(1, waitMs) };
}

/** The bucket when the service says that it is empty for so long. */
export function emptied(bucket: Bucket, nowMs: number, forMs: number): Bucket {
  const atMs = Math.max(bucket.atMs, nowMs + forMs);
  return { tokens: 0, atMs, nextMs: Math.max(bucket.nextMs, atMs) };
}
