import { createHash } from "node:crypto";
import { type StagedBlob, stagedBytesOf } from "../core/slice.ts";
import { AppError, isCode } from "../errors.ts";
import type { BlobRef, OpenedFile, SourceFile } from "./ports.ts";
import { sha256OfBlob } from "./sha256.ts";
import type { Stage } from "./stage.ts";

/** Streams one file from its source into the package, with its digest on the way. */

/** The worker's side: its epoch, what an earlier one had staged, and whom to tell of progress. */
export type FileWork = {
  readonly epoch: number;
  readonly resume: StagedBlob | null;
  /** Called whenever a block is safe; may throw to stop the file. */
  readonly onStaged: (staged: StagedBlob) => Promise<void>;
  /** Called while bytes come in or are read again; may throw to stop the file. */
  readonly onChunk: () => Promise<void>;
};

/** What was written of a file. */
export type WrittenFile = { readonly bytes: number; readonly sha256: string };

type Export = Pick<Stage, "packages" | "pace">;

/**
 * Exports a file in constant memory and returns its size and digest as stored. A blob that is already there
 * wins and is hashed again; so is one that was resumed, since its first part was hashed by another worker.
 * Staged blocks that the store has dropped (after a week) make it begin again. Throws what `open` and the
 * packages throw, `source-truncated` when the bytes end early: nothing is stored then.
 */
export async function exportFile(
  stage: Export,
  ref: BlobRef,
  file: SourceFile,
  work: FileWork,
): Promise<WrittenFile> {
  const { resume } = work;
  if (!resume?.tag) return writeFile(stage, ref, await file.open(), { ...work, resume: null });
  const opened = await file.open({ offset: stagedBytesOf(resume), tag: resume.tag });
  try {
    return await writeFile(stage, ref, opened, work);
  } catch (error) {
    if (!isCode(error, "package-corrupt")) throw error;
    return writeFile(stage, ref, await file.open(), { ...work, resume: null });
  }
}

async function writeFile(
  stage: Export,
  ref: BlobRef,
  opened: OpenedFile,
  work: FileWork,
): Promise<WrittenFile> {
  const { resume } = work;
  const isResumed = resume !== null && opened.offset > 0;
  const blocks = isResumed ? [...resume.blocks] : [];
  const written = await writeBlocks(stage, ref, opened, { ...work, blocks });
  return written.outcome === "exists" || isResumed
    ? sha256OfBlob(stage.packages, ref, work.onChunk)
    : written;
}

type Written = WrittenFile & { readonly outcome: "created" | "exists" };

async function writeBlocks(
  { packages, pace }: Export,
  ref: BlobRef,
  opened: OpenedFile,
  work: FileWork & { readonly blocks: StagedBlob["blocks"] },
): Promise<Written> {
  const { blocks } = work;
  const hash = createHash("sha256");
  let bytes = 0;
  let staging: Promise<void> = Promise.resolve();
  const stageBlock = async (block: Buffer) => {
    const id = `${sixDigits(work.epoch)}-${sixDigits(blocks.length)}`;
    await packages.stage(ref, id, block);
    blocks.push({ id, bytes: block.length });
    await work.onStaged({ blob: ref.name, tag: opened.tag, blocks });
  };
  try {
    for await (const { block, isLast } of blocksOf(opened.body, pace.blockBytes, work.onChunk)) {
      hash.update(block);
      bytes += block.length;
      await staging;
      if (isLast) expectSize(opened, bytes);
      if (isLast && blocks.length === 0) {
        return { outcome: await packages.put(ref, block), bytes, sha256: hash.digest("hex") };
      }
      if (block.length === 0) continue;
      // One block is stored while the next one is read. A failure waits until the next block is there.
      staging = stageBlock(block);
      staging.catch(() => undefined);
    }
    await staging;
  } finally {
    await Promise.allSettled([staging]);
  }
  const outcome = await packages.commit(
    ref,
    blocks.map(({ id }) => id),
  );
  return { outcome, bytes, sha256: hash.digest("hex") };
}

/** Cuts a stream into blocks of one size; the last is shorter, and may be empty. */
async function* blocksOf(
  body: AsyncIterable<Uint8Array>,
  blockBytes: number,
  onChunk: () => Promise<void>,
): AsyncGenerator<{ block: Buffer; isLast: boolean }> {
  let pieces: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of body) {
    await onChunk();
    let rest = chunk;
    while (pendingBytes + rest.length >= blockBytes) {
      const room = blockBytes - pendingBytes;
      yield { block: Buffer.concat([...pieces, rest.subarray(0, room)]), isLast: false };
      rest = rest.subarray(room);
      pieces = [];
      pendingBytes = 0;
    }
    if (rest.length > 0) pieces.push(rest);
    pendingBytes += rest.length;
  }
  yield { block: Buffer.concat(pieces), isLast: true };
}

function expectSize({ totalBytes, offset }: OpenedFile, bytes: number): void {
  if (totalBytes !== null && offset + bytes !== totalBytes) {
    throw new AppError("source-truncated", "A download ended with fewer bytes than announced");
  }
}

function sixDigits(number: number): string {
  return String(number).padStart(6, "0");
}
