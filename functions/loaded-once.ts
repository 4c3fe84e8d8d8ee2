import { once } from "../shared/context/once.ts";

/** A function that is loaded at its first call, and then kept; when that fails the next call tries again. */
export function loadedOnce<Args extends unknown[], Result>(
  load: () => Promise<(...args: Args) => Result | Promise<Result>>,
): (...args: Args) => Promise<Result> {
  const loaded = once(load);
  return async (...args) => (await loaded())(...args);
}
