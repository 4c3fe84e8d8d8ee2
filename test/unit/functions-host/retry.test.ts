import { describe, expect, it, vi } from "vitest";
import { retryPolicy, runWithRetries } from "../../../local/functions-host/retry.ts";

const never = new AbortController().signal;

describe("retryPolicy", () => {
  it("waits the same time before each retry", () => {
    const { delayMs } = retryPolicy.parse({
      strategy: "fixedDelay",
      maxRetryCount: 3,
      delayInterval: { seconds: 2 },
    });

    const delays = [0, 1, 5].map((retry) => delayMs(retry, () => 0.5));

    expect(delays).toEqual([2000, 2000, 2000]);
  });

  it("doubles the time from the minimum to the maximum, with a fifth of chance", () => {
    const { delayMs } = retryPolicy.parse({
      strategy: "exponentialBackoff",
      maxRetryCount: -1,
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 10 },
    });

    const middle = [0, 1, 2, 3, 4].map((retry) => delayMs(retry, () => 0.5));
    const edges = [0, 0.999_999].map((random) => Math.round(delayMs(2, () => random)));

    expect(middle).toEqual([1000, 2000, 4000, 8000, 10_000]);
    expect(edges).toEqual([3200, 4800]);
    expect(delayMs(0, () => 0)).toBe(1000);
  });
});

describe("runWithRetries", () => {
  const atOnce = { maxRetryCount: 2, delayMs: () => 0 };

  it("tells each try its number and what the one before threw", async () => {
    const attempt = vi.fn(async ({ retryCount }: { retryCount: number }) => {
      if (retryCount < 2) {
        throw new TypeError(`no ${retryCount}`);
      }
      return "done";
    });

    const result = await runWithRetries(atOnce, never, attempt);

    expect(result).toBe("done");
    expect(attempt.mock.calls.map(([context]) => context)).toEqual([
      { retryCount: 0, maxRetryCount: 2 },
      {
        retryCount: 1,
        maxRetryCount: 2,
        exception: { message: "no 0", source: "TypeError", stackTrace: expect.any(String) },
      },
      expect.objectContaining({ exception: expect.objectContaining({ message: "no 1" }) }),
    ]);
  });

  it("throws what the last try threw when the retries are used up", async () => {
    let tries = 0;
    const attempt = async () => {
      tries += 1;
      throw new Error(`try ${tries}`);
    };

    await expect(runWithRetries(atOnce, never, attempt)).rejects.toThrow("try 3");
  });

  it("ends its wait when it is told to, with the error at hand", async () => {
    const ending = new AbortController();
    const slow = { maxRetryCount: -1, delayMs: () => 3_600_000 };
    const running = runWithRetries(slow, ending.signal, () => Promise.reject(new Error("boom")));

    ending.abort();

    await expect(running).rejects.toThrow("boom");
  });
});
