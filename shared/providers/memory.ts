import { addMs } from "../core/time.ts";
import type { Clock } from "../pipeline/ports.ts";

/** What was read a short while ago, so that not every call reads it again. Nothing is stored. */
export interface Memory {
  /** What `read` gave for that key within the lifetime. Many callers at once make one call; a failure is not kept. */
  recall<T>(key: string, read: () => Promise<T>): Promise<T>;
  /** Forgets a key, so that the next call reads again. */
  forget(key: string): void;
}

/** A memory of at most `size` things, each kept for `lifetimeMs`; the oldest go first. */
export function createMemory(clock: Clock, lifetimeMs: number, size: number): Memory {
  const kept = new Map<string, { readonly value: Promise<unknown>; readonly until: string }>();
  return {
    recall<T>(key: string, read: () => Promise<T>): Promise<T> {
      const now = clock.now();
      for (const [known, { until }] of kept) if (until <= now) kept.delete(known);
      const found = kept.get(key);
      if (found !== undefined) return found.value as Promise<T>; // put there by the same key
      const value = read();
      kept.set(key, { value, until: addMs(now, lifetimeMs) });
      for (const oldest of kept.keys()) if (kept.size > size) kept.delete(oldest);
      return value.catch((error: unknown) => {
        if (kept.get(key)?.value === value) kept.delete(key);
        throw error;
      });
    },
    forget(key) {
      kept.delete(key);
    },
  };
}
