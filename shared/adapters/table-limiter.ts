import type { TableClient } from "@azure/data-tables";
import {
  type Bucket,
  type BucketRule,
  bucketSchema,
  draw,
  emptied,
  fullBucket,
} from "../core/token-bucket.ts";
import { AppError, isCode } from "../errors.ts";
import type { Clock, Limiter } from "../pipeline/ports.ts";
import { type TableRows, tableRows } from "./table-rows.ts";

const PARTITION = "limits";
/** Tokens that this process took and did not use are nobody's after so long. */
const LEASE_MS = 5_000;
const MAX_TRIES = 50;

/** A bucket as this process last saw or wrote it; `version` is null where there is no row yet. */
type Seen = { readonly bucket: Bucket; readonly version: string | null };

/** Tokens that this process took from the shared bucket for itself. */
type Lease = { tokens: number; readonly untilMs: number };

/**
 * The limiter whose buckets all workers share: a row each, changed by compare-and-swap. A process takes a second's
 * worth of tokens at a time, and writes over the row as it saw it last, so that most calls cost no round trip and
 * the others one. Calls of a process take their turns: it is never its own rival.
 */
export function tableLimiter(
  client: TableClient,
  clock: Clock,
  ruleOf: (bucket: string) => BucketRule,
): Limiter {
  const shared = sharedBuckets(tableRows(client));
  const leases = new Map<string, Lease>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };

  /** Waits in milliseconds, or 0 with a token at hand. */
  async function lease(key: string): Promise<number> {
    const nowMs = Date.parse(clock.now());
    const held = leases.get(key);
    if (held !== undefined && held.tokens > 0 && nowMs < held.untilMs) return 0;
    const rule = ruleOf(key);
    const atMost = Math.max(1, Math.floor(rule.refillPerSecond));
    const { tokens, waitMs } = await shared(key, fullBucket(rule, nowMs), (bucket) =>
      draw(bucket, rule, nowMs, atMost),
    );
    leases.set(key, { tokens, untilMs: nowMs + LEASE_MS });
    return tokens > 0 ? 0 : waitMs;
  }

  return {
    take: (keys) =>
      inTurn(async () => {
        for (const key of keys) {
          const waitMs = await lease(key);
          if (waitMs > 0) return waitMs;
        }
        for (const key of keys) {
          const held = leases.get(key);
          if (held !== undefined) held.tokens -= 1;
        }
        return 0;
      }),
    empty: (key, forMs) =>
      inTurn(async () => {
        leases.delete(key);
        const nowMs = Date.parse(clock.now());
        await shared(key, fullBucket(ruleOf(key), nowMs), (bucket) => ({
          bucket: emptied(bucket, nowMs, forMs),
        }));
      }),
  };
}

/** Changes a shared bucket; `fresh` is what one is that has no row yet. Throws `store-unavailable`. */
type ChangeShared = <T extends { readonly bucket: Bucket }>(
  key: string,
  fresh: Bucket,
  change: (bucket: Bucket) => T,
) => Promise<T>;

function sharedBuckets(rows: TableRows): ChangeShared {
  const seen = new Map<string, Seen>();
  return async (key, fresh, change) => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const before = seen.get(key) ?? (await readRow(rows, key, fresh));
      const changed = change(before.bucket);
      const version = await writeRow(rows, key, changed.bucket, before.version);
      if (version !== null) {
        seen.set(key, { bucket: changed.bucket, version });
        return changed;
      }
      seen.delete(key);
    }
    throw new AppError("store-unavailable", "A limit is being changed too often to be changed");
  };
}

async function readRow(rows: TableRows, key: string, fresh: Bucket): Promise<Seen> {
  const row = await rows.read(PARTITION, key, bucketSchema);
  return row === null
    ? { bucket: fresh, version: null }
    : { bucket: row.value, version: row.version };
}

/** The new version, or null when somebody else was faster. */
async function writeRow(
  rows: TableRows,
  key: string,
  value: Bucket,
  version: string | null,
): Promise<string | null> {
  try {
    const [written] = await rows.transact(PARTITION, [
      version === null ? { do: "insert", key, value } : { do: "replace", key, value, version },
    ]);
    return written ?? null;
  } catch (error) {
    if (isCode(error, "store-conflict")) return null;
    throw error;
  }
}
