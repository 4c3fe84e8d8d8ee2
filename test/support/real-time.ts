import { vi } from "vitest";

/** Instants of the real clock, for tests against servers that have no other. */

/** The instant so many milliseconds from now. */
export function later(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** Returns when the instant is over. */
export async function passes(instant: string): Promise<void> {
  const isOver = () => {
    if (new Date().toISOString() <= instant) throw new Error("The instant is not over yet");
  };
  await vi.waitFor(isOver, { timeout: 10_000, interval: 50 });
}
