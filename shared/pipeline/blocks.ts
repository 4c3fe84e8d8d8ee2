import type { BlockBuffers } from "./block-buffers.ts";

/** A block of a file. Whoever gets it gives its memory back, with `FileMemory.give`; the last one's goes with the file. */
export type Block = { readonly bytes: Buffer; readonly isLast: boolean };

/** A file up to this size, and no larger than a block, has memory of its own and is stored in one call. */
const SMALL_BYTES = 256 * 1024;

/** The service takes so many blocks per blob. */
const MAX_BLOCKS = 50_000;
const MIB = 1024 * 1024;

/** The size of the blocks of a blob: `blockBytes`, or as large as it takes for all of it to fit into one blob. */
export function blockBytesFor(totalBytes: number, blockBytes: number): number {
  if (totalBytes <= MAX_BLOCKS * blockBytes) return blockBytes;
  return Math.ceil(totalBytes / MAX_BLOCKS / MIB) * MIB;
}

/**
 * The memory of one file: small while the file is, a block after the other from then on. A file that is known to be
 * large waits for its first block here, before it is opened, so that no source is kept waiting.
 */
export class FileMemory {
  readonly #buffers: BlockBuffers;
  #isSmall: boolean;
  #current: Buffer | null;

  private constructor(buffers: BlockBuffers, current: Buffer, isSmall: boolean) {
    this.#buffers = buffers;
    this.#current = current;
    this.#isSmall = isSmall;
  }

  /** `bytes` is the size of the file as far as it is known. */
  static async for(buffers: BlockBuffers, bytes: number | null): Promise<FileMemory> {
    return bytes !== null && bytes <= Math.min(SMALL_BYTES, buffers.blockBytes)
      ? new FileMemory(buffers, Buffer.allocUnsafe(Math.max(bytes, 1)), true)
      : new FileMemory(buffers, await buffers.take(), false);
  }

  /** The buffer that is filled now. */
  get current(): Buffer {
    if (this.#current === null) throw new RangeError("The memory of a file was given back");
    return this.#current;
  }

  /** The small buffer is full and the file goes on: its bytes move to a block. */
  async grow(): Promise<boolean> {
    if (!this.#isSmall) return false;
    const block = await this.#buffers.take();
    this.current.copy(block);
    this.#current = block;
    this.#isSmall = false;
    return true;
  }

  /** Goes over to another block, as soon as there is one; the one filled so far is its new owner's. */
  async turn(): Promise<void> {
    this.#current = null;
    this.#current = await this.#buffers.take();
  }

  /** Takes a block back. */
  give(block: Buffer): void {
    this.#buffers.give(block);
  }

  /** Gives back what is filled now: the file has ended. */
  free(): void {
    if (this.#current !== null && !this.#isSmall) this.#buffers.give(this.#current);
    this.#current = null;
  }
}

/** Cuts a stream into blocks; all but the last are as large as the memory's buffers, and only it may be empty. */
export async function* blocksOf(
  body: AsyncIterable<Uint8Array>,
  memory: FileMemory,
  onChunk: () => Promise<void>,
): AsyncGenerator<Block> {
  let filled = 0;
  for await (const chunk of body) {
    await onChunk();
    for (let rest = chunk; rest.length > 0; ) {
      if (filled === memory.current.length && !(await memory.grow())) {
        yield { bytes: memory.current, isLast: false };
        await memory.turn();
        filled = 0;
      }
      const part = rest.subarray(0, memory.current.length - filled);
      memory.current.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
  }
  yield { bytes: memory.current.subarray(0, filled), isLast: true };
}
