/**
 * The memory in which blocks are put together. It is what bounds a worker: however many files are exported at a
 * time and however large they are, no more than `pairs` of them have two blocks each in memory.
 */
export class BlockBuffers {
  readonly blockBytes: number;
  readonly #free: BlockPair[] = [];
  readonly #waiting: ((pair: BlockPair) => void)[] = [];
  #unmade: number;

  /** Buffers are made when they are first needed. At least one file gets its pair. */
  constructor(blockBytes: number, limitBytes: number) {
    this.blockBytes = blockBytes;
    this.#unmade = Math.max(1, Math.floor(limitBytes / (2 * blockBytes)));
  }

  /** Two buffers for one file, as soon as they are free; whoever asks first gets them first. */
  async take(): Promise<BlockPair> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#unmade === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#unmade -= 1;
    return [Buffer.allocUnsafeSlow(this.blockBytes), Buffer.allocUnsafeSlow(this.blockBytes)];
  }

  /** Gives the pair to the next file. */
  give(pair: BlockPair): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(pair);
    else next(pair);
  }
}

/** One block is filled while the other is stored. */
export type BlockPair = readonly [Buffer, Buffer];
