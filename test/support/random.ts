/** Random choices that the same seed makes again. */
export type Random = {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
};

/** A generator for tests (mulberry32); `seed` is a whole number. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(below) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
    },
  };
}
