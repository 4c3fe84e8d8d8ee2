import type { TableClient } from "@azure/data-tables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableLimiter } from "../../../shared/adapters/table-limiter.ts";
import { type StorageAccount, storageAccounts } from "../../support/azurite.ts";
import { limiterContract } from "../../support/contracts/limiter-contract.ts";
import { memoryClock } from "../../support/memory/clock.ts";
import { simulateDeletions } from "../../support/simulated-deletions.ts";

/** Set `STUDIO_DSR_TEST_DELETIONS` to 1000 for the bucket of ARM's own size; it takes a quarter of a minute. */
const DELETIONS = Number(process.env["STUDIO_DSR_TEST_DELETIONS"] ?? 100);
const RULE = { capacity: DELETIONS / 5, refillPerSecond: 10 };

describe.each(storageAccounts())("the table limiter on %s", (_place, open) => {
  let account: StorageAccount;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(() => account[Symbol.asyncDispose]());

  limiterContract((clock, ruleOf) => {
    const table = account.table();
    return [tableLimiter(table, clock, ruleOf), tableLimiter(table, clock, ruleOf)];
  });

  it("asks the store once for ten tokens, and not again while it holds some", async () => {
    const table = account.table();
    const counted = countingTransactions(table);
    const rule = { capacity: 50, refillPerSecond: 10 };
    const limiter = tableLimiter(table, memoryClock(), () => rule);

    for (let taken = 0; taken < 50; taken += 1) expect(await limiter.take(["b"])).toBe(0);

    expect(counted.transactions()).toBe(5);
  });

  it("gives no token twice to workers that ask at the same moment", async () => {
    const table = account.table();
    const clock = memoryClock();
    const rule = { capacity: 20, refillPerSecond: 10 };
    const limiters = Array.from({ length: 4 }, () => tableLimiter(table, clock, () => rule));

    const waits = await Promise.all(
      limiters.flatMap((limiter) => Array.from({ length: 10 }, () => limiter.take(["b"]))),
    );

    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(20);
    expect(new Set(waits.filter((waitMs) => waitMs > 0)).size).toBe(20);
  });

  it("keeps the deletions of four workers within ARM's limits, and wastes few of them", async () => {
    const table = account.table();
    const clock = memoryClock();
    const limiters = Array.from({ length: 4 }, () => tableLimiter(table, clock, () => RULE));
    const left = RULE.capacity;
    const simulation = { ...RULE, left, deletions: DELETIONS, limiters, atATime: 8, clock };

    const { tookMs, calls, refused } = await simulateDeletions(simulation);

    const idealMs = ((2 * DELETIONS - left) / RULE.refillPerSecond) * 1_000;
    expect(tookMs).toBeLessThanOrEqual(1.15 * idealMs);
    expect(refused).toBeLessThan(calls / 100);
  });
});

/** Counts the changes that a client makes. */
function countingTransactions(table: TableClient): { transactions(): number } {
  const submit = table.submitTransaction.bind(table);
  let transactions = 0;
  table.submitTransaction = (actions) => {
    transactions += 1;
    return submit(actions);
  };
  return { transactions: () => transactions };
}
