/** Lets so many actions run at once; the others wait in the order they came. */
export type Slots = <T>(action: () => Promise<T>) => Promise<T>;

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (action) => {
    if (free > 0) {
      free -= 1;
    } else {
      // Whoever ends hands its slot on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await action();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        free += 1;
      } else {
        next();
      }
    }
  };
}
