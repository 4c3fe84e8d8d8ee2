import type { Stack } from "./stack-types.ts";

/** What becomes of an interrupt. */
export type Interruption = {
  /** Aborts at the first signal, for work that is under way. */
  readonly signal: AbortSignal;
  /** Resolves when a signal came and the stack has ended in order. */
  readonly stopped: Promise<void>;
};

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ends the stack in order at the first SIGINT, SIGTERM or SIGHUP. A second one ends every process at
 * once, and this one with exit code 130.
 *
 * The listeners do not keep this process alive; the stack's child processes do.
 */
export function stopOnInterrupt(
  stack: Pick<Stack, "stop" | "stopNow">,
  say: (sentence: string) => void,
): Interruption {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (!interrupt.signal.aborted) return interrupt.abort();
    stack.stopNow();
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const stopped = new Promise<void>((resolve, reject) => {
    interrupt.signal.addEventListener("abort", () => {
      say("Stopping; press Ctrl-C again to stop at once.");
      stack.stop().then(resolve, reject);
    });
  });
  return { signal: interrupt.signal, stopped };
}
