import { z } from "zod";
import type { RetryContext } from "./core-types.ts";

/** How often and how soon a function that threw is run again, in the same process. */
export type RetryPolicy = {
  /** -1 means for ever. */
  readonly maxRetryCount: number;
  /** The wait before the retry of this number, the first being 0. `random` gives from 0 up to 1. */
  readonly delayMs: (retry: number, random: () => number) => number;
};

const interval = z.object({ seconds: z.number() }).transform(({ seconds }) => seconds * 1000);
const maxRetryCount = z.int().min(-1);

/**
 * The `retry` option of a function as `@azure/functions` hands it on: intervals in whole seconds, its
 * own rounding. Exponential: from the minimum, doubled each time, up to a fifth more or less, at
 * most the maximum.
 */
export const retryPolicy: z.ZodType<RetryPolicy> = z
  .discriminatedUnion("strategy", [
    z.object({ strategy: z.literal("fixedDelay"), maxRetryCount, delayInterval: interval }),
    z.object({
      strategy: z.literal("exponentialBackoff"),
      maxRetryCount,
      minimumInterval: interval,
      maximumInterval: interval,
    }),
  ])
  .transform((options) => ({
    maxRetryCount: options.maxRetryCount,
    delayMs: (retry, random) => {
      if (options.strategy === "fixedDelay") {
        return options.delayInterval;
      }
      const doubled = options.minimumInterval * 2 ** retry * (0.8 + 0.4 * random());
      return Math.min(options.maximumInterval, Math.max(options.minimumInterval, doubled));
    },
  }));

/**
 * Runs `attempt` until it returns or the policy's retries are used up; then, or once `ending` is
 * aborted, throws what the last attempt threw. Each attempt is told its number and the last error.
 */
export async function runWithRetries<T>(
  policy: RetryPolicy,
  ending: AbortSignal,
  attempt: (context: RetryContext) => Promise<T>,
): Promise<T> {
  const { maxRetryCount: most } = policy;
  let context: RetryContext = { retryCount: 0, maxRetryCount: most };
  for (;;) {
    try {
      return await attempt(context);
    } catch (error) {
      const { retryCount } = context;
      const isUsedUp = most >= 0 && retryCount >= most;
      if (isUsedUp || !(await waited(policy.delayMs(retryCount, Math.random), ending))) {
        throw error;
      }
      context = { retryCount: retryCount + 1, maxRetryCount: most, exception: describe(error) };
    }
  }
}

/** False when the wait was cut short. */
async function waited(ms: number, ending: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onEnd = () => resolve();
  ending.addEventListener("abort", onEnd);
  if (!ending.aborted) {
    await promise;
  }
  ending.removeEventListener("abort", onEnd);
  clearTimeout(timer);
  return !ending.aborted;
}

function describe(error: unknown): RetryContext["exception"] {
  return error instanceof Error
    ? { message: error.message, stackTrace: error.stack ?? "", source: error.name }
    : { message: String(error) };
}
