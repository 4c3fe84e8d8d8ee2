import { blockId, type StagedBlob } from "../core/slice.ts";
import type { BlobRef, Packages, StagedBlock } from "./ports.ts";

/**
 * The blocks of a file that a later epoch goes on from, in order: those that the slice row tells of, and those that
 * the last writer staged since. The store is asked, so that a worker that was killed loses no more than the block
 * it was staging. Blocks that the store has dropped end the list.
 */
export async function blocksToAdopt(
  packages: Packages,
  ref: BlobRef,
  { runs }: StagedBlob,
): Promise<StagedBlock[]> {
  const bytesOf = new Map<string, number>();
  for await (const { id, bytes } of packages.staged(ref)) bytesOf.set(id, bytes);
  const blocks: StagedBlock[] = [];
  for (const [index, { epoch, blocks: count }] of runs.entries()) {
    // The last run may have grown since it was noted.
    const most = index === runs.length - 1 ? Number.POSITIVE_INFINITY : count;
    for (let done = 0; done < most; done += 1) {
      const id = blockId(epoch, blocks.length);
      const bytes = bytesOf.get(id);
      if (bytes === undefined) return blocks;
      blocks.push({ id, bytes });
    }
  }
  return blocks;
}
