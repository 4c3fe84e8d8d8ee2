import { blockId, epochOf, type StagedBlob } from "../core/slice.ts";
import type { BlobRef, Packages, StagedBlock } from "./ports.ts";

/**
 * The blocks of one blob on their way into the store, several at a time. `onStaged` is told of them in their order: it
 * never hears of a block before those in front of it are safe.
 */
export class Staging {
  readonly #packages: Pick<Packages, "stage">;
  readonly #ref: BlobRef;
  readonly #epoch: number;
  readonly #onStaged: (staged: StagedBlob) => Promise<void>;
  readonly #ids: string[];
  #staged: StagedBlob;
  #told: Promise<void> = Promise.resolve();
  #hasFailed = false;

  /** Goes on after `adopted`, the blocks that an earlier worker left. `tag` is the version that is read. */
  constructor(
    packages: Pick<Packages, "stage">,
    ref: BlobRef,
    from: { readonly tag: string | null; readonly adopted: readonly StagedBlock[] },
    by: { readonly epoch: number; readonly onStaged: (staged: StagedBlob) => Promise<void> },
  ) {
    this.#packages = packages;
    this.#ref = ref;
    this.#epoch = by.epoch;
    this.#onStaged = by.onStaged;
    this.#ids = from.adopted.map(({ id }) => id);
    const none = { blob: ref.name, tag: from.tag, bytes: 0, runs: [] };
    this.#staged = from.adopted.reduce(withBlock, none);
  }

  /** The ids of all blocks, in order. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Begins to store the next block; `done` is called when its memory is free again. Throws what failed before. */
  async add(bytes: Uint8Array, done: () => void): Promise<void> {
    if (this.#hasFailed) done();
    if (this.#hasFailed) await this.#told;
    const id = blockId(this.#epoch, this.#ids.length);
    this.#ids.push(id);
    const stored = this.#packages.stage(this.#ref, id, bytes).finally(done);
    stored.catch(() => {
      this.#hasFailed = true;
    });
    this.#told = this.#tell(this.#told, stored, { id, bytes: bytes.length });
    this.#told.catch(() => {
      this.#hasFailed = true;
    });
  }

  async #tell(before: Promise<void>, stored: Promise<void>, block: StagedBlock): Promise<void> {
    // Nothing may be under way any more when a failure is thrown: its memory would be in use.
    await Promise.allSettled([before, stored]);
    await before;
    await stored;
    this.#staged = withBlock(this.#staged, block);
    await this.#onStaged(this.#staged);
  }

  /** Resolves when all blocks are safe; throws the first failure, when nothing is under way any more. */
  async end(): Promise<void> {
    await this.#told;
  }
}

function withBlock(staged: StagedBlob, { id, bytes }: StagedBlock): StagedBlob {
  const epoch = epochOf(id);
  const last = staged.runs.at(-1);
  const runs =
    last?.epoch === epoch
      ? [...staged.runs.slice(0, -1), { epoch, blocks: last.blocks + 1 }]
      : [...staged.runs, { epoch, blocks: 1 }];
  return { ...staged, bytes: staged.bytes + bytes, runs };
}
