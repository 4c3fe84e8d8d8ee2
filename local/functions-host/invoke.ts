import { randomUUID } from "node:crypto";
import type { AppFunction } from "./app-function.ts";
import type { InvocationRequest } from "./core-types.ts";
import { runWithRetries } from "./retry.ts";
import { type FunctionOutcome, type FunctionRunner, runFunction } from "./run-function.ts";
import type { Watchdog } from "./watchdog.ts";

/**
 * Runs a function, again as often as its retry policy says, sends its outputs and gives its
 * response. Throws whatever the function, a hook or an output threw last.
 */
export type Invoke = (
  fn: AppFunction,
  request: InvocationRequest,
  invocationId?: string,
) => Promise<FunctionOutcome>;

/** Runs functions and knows which of them are still running. */
export interface Invoker {
  readonly invoke: Invoke;
  /** Names of the functions running now, one per invocation. */
  running(): string[];
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** Retries nothing any more: what waits for its next try fails at once. */
  endRetries(): void;
  /** Makes every invocation fail, those that run and those to come; a handler itself can't be stopped. */
  failAll(error: Error): void;
}

type InvokerOptions = FunctionRunner & {
  readonly sendOutputs: (fn: AppFunction, outcome: FunctionOutcome) => Promise<void>;
  readonly functionTimeoutMs: number | undefined;
  /** Notices what a timer of this process can't: a handler that never gives way. */
  readonly watchdog?: Watchdog | undefined;
  /** Called once a try has run for longer than the limit; it runs on. */
  readonly onTimeout: (functionName: string) => void;
};

/** Invokes functions through the app's own programming model. */
export function createInvoker(options: InvokerOptions): Invoker {
  const { functionTimeoutMs, log } = options;
  const running = new Map<Promise<FunctionOutcome>, string>();
  const ending = new AbortController();
  const breaker = createBreaker();

  const attempt = async (fn: AppFunction, request: InvocationRequest, invocationId: string) => {
    const limit =
      functionTimeoutMs === undefined
        ? undefined
        : setTimeout(options.onTimeout, functionTimeoutMs, fn.name);
    const unwatch = options.watchdog?.watch(fn.name);
    try {
      return await breaker.unlessBroken(runOnce(options, fn, request, invocationId));
    } finally {
      clearTimeout(limit);
      unwatch?.();
    }
  };
  const invoke = (fn: AppFunction, request: InvocationRequest, invocationId: string) => {
    const { retry } = fn;
    if (retry === undefined) {
      return attempt(fn, request, invocationId);
    }
    return runWithRetries(retry, ending.signal, (retryContext) => {
      if (retryContext.exception !== undefined) {
        const count = `${retryContext.retryCount} of ${retry.maxRetryCount}`;
        log("warning", `Function.${fn.name}`, `retry ${count}: ${retryContext.exception.message}`);
      }
      return attempt(fn, { ...request, retryContext }, randomUUID());
    });
  };
  return {
    invoke: async (fn, request, invocationId = randomUUID()) => {
      const call = invoke(fn, request, invocationId);
      running.set(call, fn.name);
      return call.finally(() => running.delete(call));
    },
    running: () => [...running.values()],
    idle: async () => {
      while (running.size > 0) {
        await Promise.allSettled(running.keys());
      }
    },
    endRetries: () => ending.abort(),
    failAll: (error) => {
      ending.abort();
      breaker.breakAll(error);
    },
  };
}

/**
 * Lets work be given up. One promise that all work races with would keep every outcome in memory for as
 * long as it is pending.
 */
function createBreaker() {
  const waiting = new Set<(error: Error) => void>();
  let broken: Error | undefined;
  return {
    unlessBroken: async <T>(work: Promise<T>): Promise<T> => {
      const { promise, reject } = Promise.withResolvers<never>();
      if (broken !== undefined) reject(broken);
      waiting.add(reject);
      try {
        return await Promise.race([promise, work]);
      } finally {
        waiting.delete(reject);
      }
    },
    breakAll: (error: Error) => {
      broken = error;
      for (const reject of waiting) reject(error);
    },
  };
}

async function runOnce(
  options: InvokerOptions,
  fn: AppFunction,
  request: InvocationRequest,
  invocationId: string,
): Promise<FunctionOutcome> {
  const outcome = await runFunction(options, fn, request, invocationId);
  await options.sendOutputs(fn, outcome);
  return outcome;
}
