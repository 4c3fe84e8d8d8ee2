import { createHash } from "node:crypto";
import { type StagedBlob, stagedBytesOf } from "../core/slice.ts";
import { AppError } from "../errors.ts";
import type { BlobRef, OpenedFile, SourceFile } from "./ports.ts";
import { sha256OfBlob } from "./sha256.ts";
import type { Stage } from "./stage.ts";

/** Streams one file from its source into the package, with its digest on the way. */

/** The worker's side: its epoch, what an earlier one had staged, and whom to tell of progress. */
export type FileWork = {
  readonly epoch: number;
  readonly resume: StagedBlob | null;
  /** Called whenever a block is safe; may throw to stop the file. */
  readonly onProgress: (staged: StagedBlob) => Promise<void>;
};

type Export = Pick<Stage, "packages" | "pace">;

/**
 * Exports a file in constant memory and returns its size and digest as stored. A blob that is already there
 * wins and is hashed again; so is one that was resumed, since its first part was hashed by another worker.
 * Throws what `open` and the packages throw, `source-truncated` when the bytes end early.
 */
export async function exportFile(
  stage: Export,
  ref: BlobRef,
  file: SourceFile,
  work: FileWork,
): Promise<{ bytes: number; sha256: string }> {
  const resume = work.resume?.tag
    ? { offset: stagedBytesOf(work.resume), tag: work.resume.tag }
    : null;
  const opened = await file.open(resume ?? undefined);
  const isResumed = resume !== null && opened.offset === resume.offset;
  const blocks = isResumed ? [...(work.resume?.blocks ?? [])] : [];
  const written = await writeBlocks(stage, ref, opened, { ...work, blocks });
  checkSize(opened, written.bytes);
  if (written.outcome === "exists" || isResumed) return sha256OfBlob(stage.packages, ref);
  return { bytes: opened.offset + written.bytes, sha256: written.sha256 };
}

type Written = { outcome: "created" | "exists"; bytes: number; sha256: string };

async function writeBlocks(
  { packages, pace }: Export,
  ref: BlobRef,
  opened: OpenedFile,
  work: FileWork & { blocks: StagedBlob["blocks"] },
): Promise<Written> {
  const hash = createHash("sha256");
  let bytes = 0;
  let staging: Promise<void> = Promise.resolve();
  const stageBlock = async (block: Buffer) => {
    const id = `${String(work.epoch).padStart(6, "0")}-${String(work.blocks.length).padStart(6, "0")}`;
    await packages.stage(ref, id, block);
    work.blocks.push({ id, bytes: block.length });
    await work.onProgress({ blob: ref.name, tag: opened.tag, blocks: work.blocks });
  };
  try {
    for await (const { block, isLast } of blocksOf(opened.body, pace.blockBytes)) {
      hash.update(block);
      bytes += block.length;
      await staging;
      if (isLast && work.blocks.length === 0) {
        return { outcome: await packages.put(ref, block), bytes, sha256: hash.digest("hex") };
      }
      // One block is stored while the next one is read.
      if (block.length > 0) staging = stageBlock(block);
    }
    await staging;
  } finally {
    await Promise.allSettled([staging]);
  }
  const outcome = await packages.commit(
    ref,
    work.blocks.map(({ id }) => id),
  );
  return { outcome, bytes, sha256: hash.digest("hex") };
}

/** Cuts a stream into blocks of one size; the last is shorter, and may be empty. */
async function* blocksOf(
  body: AsyncIterable<Uint8Array>,
  blockBytes: number,
): AsyncGenerator<{ block: Buffer; isLast: boolean }> {
  let pieces: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of body) {
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

function checkSize({ totalBytes, offset }: OpenedFile, bytes: number): void {
  if (totalBytes !== null && offset + bytes !== totalBytes) {
    throw new AppError("source-truncated", "A download ended with fewer bytes than announced");
  }
}
