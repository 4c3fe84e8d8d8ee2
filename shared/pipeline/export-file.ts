import type { StagedBlob } from "../core/slice.ts";
import { AppError, isCode } from "../errors.ts";
import { BlockBuffers } from "./block-buffers.ts";
import { blockBytesFor, blocksOf, FileMemory } from "./blocks.ts";
import { type Digest, Digester, digestOfBlob } from "./digest.ts";
import type { BlobRef, OpenedFile, SourceFile, StagedBlock } from "./ports.ts";
import type { Stage } from "./stage.ts";
import { blocksToAdopt } from "./staged-blocks.ts";
import { Staging } from "./staging.ts";

/** Streams one file from its source into the package, with its digest on the way. */

/** The worker's side: its epoch, what an earlier one had staged, its memory, and whom to tell of progress. */
export type FileWork = {
  readonly epoch: number;
  readonly resume: StagedBlob | null;
  readonly buffers: BlockBuffers;
  /** Called whenever a block is safe; may throw to stop the file. */
  readonly onStaged: (staged: StagedBlob) => Promise<void>;
  /** Called while bytes come in or are read again; may throw to stop the file. */
  readonly onChunk: () => Promise<void>;
};

type Export = Pick<Stage, "packages" | "pace">;

/**
 * Exports a file in constant memory and returns its digest as stored. A blob that is already there wins and is
 * hashed again; so is one that was resumed, since its first part was hashed by another worker. Staged blocks that
 * the store has dropped (after a week) make it begin again. Throws what `open` and the packages throw,
 * `source-truncated` when the bytes end early: nothing is stored then.
 */
export async function exportFile(
  stage: Export,
  ref: BlobRef,
  file: SourceFile,
  work: FileWork,
): Promise<Digest> {
  const buffers = buffersFor(stage, file, work);
  const memory = await FileMemory.for(buffers, file.bytes);
  try {
    return await resumeFile(stage, ref, file, { ...work, memory });
  } finally {
    memory.free();
  }
}

/** A file that would have too many blocks gets larger ones of its own. */
function buffersFor({ pace }: Export, file: SourceFile, { buffers }: FileWork): BlockBuffers {
  const blockBytes = blockBytesFor(file.bytes ?? 0, pace.blockBytes);
  return blockBytes === pace.blockBytes ? buffers : new BlockBuffers(blockBytes, 0);
}

type Writing = FileWork & { readonly memory: FileMemory };

async function resumeFile(
  stage: Export,
  ref: BlobRef,
  file: SourceFile,
  work: Writing,
): Promise<Digest> {
  const { resume } = work;
  const blocks = resume?.tag ? await blocksToAdopt(stage.packages, ref, resume) : [];
  if (!resume?.tag || blocks.length === 0)
    return writeFile(stage, ref, await file.open(), work, []);
  const opened = await file.open({ offset: bytesOf(blocks), tag: resume.tag });
  try {
    return await writeFile(stage, ref, opened, work, blocks);
  } catch (error) {
    if (!isCode(error, "package-corrupt")) throw error;
    return writeFile(stage, ref, await file.open(), work, []);
  }
}

async function writeFile(
  stage: Export,
  ref: BlobRef,
  opened: OpenedFile,
  work: Writing,
  adopted: readonly StagedBlock[],
): Promise<Digest> {
  const isResumed = opened.offset > 0;
  const { outcome, digest } = await writeBlocks(
    stage,
    ref,
    opened,
    work,
    isResumed ? [...adopted] : [],
  );
  return outcome === "exists" || isResumed
    ? digestOfBlob(stage.packages, ref, work.onChunk)
    : digest;
}

async function writeBlocks(
  { packages }: Export,
  ref: BlobRef,
  opened: OpenedFile,
  work: Writing,
  adopted: readonly StagedBlock[],
): Promise<{ outcome: "created" | "exists"; digest: Digest }> {
  const { memory } = work;
  const digester = new Digester();
  const staging = new Staging(packages, ref, { tag: opened.tag, adopted }, work);
  try {
    for await (const { bytes, isLast } of blocksOf(opened.body, memory, work.onChunk)) {
      digester.update(bytes);
      if (isLast) expectSize(opened, digester.bytes);
      if (isLast && staging.ids.length === 0) {
        return { outcome: await packages.put(ref, bytes), digest: digester.digest() };
      }
      // Blocks are stored while the next ones are read, as far as memory goes.
      if (bytes.length > 0) await staging.add(bytes, () => isLast || memory.give(bytes));
    }
  } finally {
    await Promise.allSettled([staging.end()]);
  }
  await staging.end();
  return { outcome: await packages.commit(ref, staging.ids), digest: digester.digest() };
}

function bytesOf(blocks: readonly StagedBlock[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes, 0);
}

function expectSize({ totalBytes, offset }: OpenedFile, bytes: number): void {
  if (totalBytes !== null && offset + bytes !== totalBytes) {
    throw new AppError("source-truncated", "A download ended with fewer bytes than announced");
  }
}
