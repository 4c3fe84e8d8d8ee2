/** A binary min-heap: the smallest item by `compare` comes out first. */
export class Heap<T> {
  #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The smallest item, which stays in the heap. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1, item);
  }

  /** Removes and returns the smallest item. */
  pop(): T | undefined {
    const smallest = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#sink(0, last);
    }
    return smallest;
  }

  /** Replaces everything in the heap. */
  replace(items: readonly T[]): void {
    this.#items = items.toSorted(this.#compare);
  }

  #rise(start: number, item: T): void {
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || this.#compare(parent, item) <= 0) {
        break;
      }
      this.#items[index] = parent;
      index = parentIndex;
    }
    this.#items[index] = item;
  }

  #sink(start: number, item: T): void {
    let index = start;
    for (;;) {
      const childIndex = this.#smallerChild(index);
      const child = childIndex === undefined ? undefined : this.#items[childIndex];
      if (childIndex === undefined || child === undefined || this.#compare(child, item) >= 0) {
        break;
      }
      this.#items[index] = child;
      index = childIndex;
    }
    this.#items[index] = item;
  }

  #smallerChild(index: number): number | undefined {
    const leftIndex = 2 * index + 1;
    const left = this.#items[leftIndex];
    const right = this.#items[leftIndex + 1];
    if (left === undefined) {
      return undefined;
    }
    return right !== undefined && this.#compare(right, left) < 0 ? leftIndex + 1 : leftIndex;
  }
}
