import type { BlockBuffers, BlockPair } from "./block-buffers.ts";

/** A block of a file. It is valid until the next but one is asked for: then its memory is used again. */
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
 * The memory of one file: small while the file is, a pair of blocks from then on. A file that is known to be large
 * waits for its pair here, before it is opened, so that no source is kept waiting.
 */
export class FileMemory {
  readonly #buffers: BlockBuffers;
  readonly #small: Buffer | null;
  #pair: BlockPair | null = null;
  #current: Buffer;

  private constructor(buffers: BlockBuffers, small: Buffer | null, pair: BlockPair | null) {
    this.#buffers = buffers;
    this.#small = small;
    this.#pair = pair;
    this.#current = pair?.[0] ?? small ?? Buffer.alloc(0);
  }

  /** `bytes` is the size of the file as far as it is known. */
  static async for(buffers: BlockBuffers, bytes: number | null): Promise<FileMemory> {
    return bytes !== null && bytes <= Math.min(SMALL_BYTES, buffers.blockBytes)
      ? new FileMemory(buffers, Buffer.allocUnsafe(Math.max(bytes, 1)), null)
      : new FileMemory(buffers, null, await buffers.take());
  }

  /** The buffer that is filled now. */
  get current(): Buffer {
    return this.#current;
  }

  /** The small buffer is full and the file goes on: its bytes move to a block. */
  async grow(): Promise<boolean> {
    if (this.#pair !== null || this.#small === null) return false;
    this.#pair = await this.#buffers.take();
    this.#small.copy(this.#pair[0]);
    this.#current = this.#pair[0];
    return true;
  }

  /** Goes over to the other block; the one filled so far stays as it is until the next turn. */
  turn(): void {
    if (this.#pair === null) return;
    const [first, second] = this.#pair;
    this.#current = this.#current === first ? second : first;
  }

  free(): void {
    if (this.#pair !== null) this.#buffers.give(this.#pair);
    this.#pair = null;
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
        memory.turn();
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
