/**
 * The memory in which blocks are put together. It is what bounds a worker: however many files are exported at a
 * time and however large they are, no more than so many blocks are in memory.
 */
export class BlockBuffers {
  readonly blockBytes: number;
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  #unmade: number;

  /** Buffers are made when they are first needed. There are two at least: one is filled while the other is stored. */
  constructor(blockBytes: number, limitBytes: number) {
    this.blockBytes = blockBytes;
    this.#unmade = Math.max(2, Math.floor(limitBytes / blockBytes));
  }

  /** A buffer, as soon as one is free; whoever asks first gets it first. */
  async take(): Promise<Buffer> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#unmade === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#unmade -= 1;
    return Buffer.allocUnsafeSlow(this.blockBytes);
  }

  /** Gives the buffer to whoever waits. */
  give(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
