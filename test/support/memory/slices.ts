import type { OpenSlice } from "../../../shared/core/slice.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Slices, Stored } from "../../../shared/pipeline/ports.ts";
import { memoryPartitions, type Partition } from "./partitions.ts";

/** The slices in memory, in the partitions of the ledger they are given. */
export function memorySlices(partitions = memoryPartitions()): Slices {
  return {
    add: async (requestId, slices) => {
      const partition = partitions.of(requestId);
      for (const slice of slices) {
        const isKnown = partition.open.has(slice.sliceId) || partition.done.has(slice.sliceId);
        if (!isKnown) partition.open.set(slice.sliceId, partitions.stored(slice));
      }
    },
    load: async (requestId, sliceId) =>
      structuredClone(partitions.of(requestId).open.get(sliceId) ?? null),
    save: async (requestId, slice, version, owed) => {
      const partition = partitions.of(requestId);
      assertVersion(partition, slice.sliceId, version);
      if (owed !== undefined && partition.owed.has(owed.key)) {
        throw new AppError("store-conflict", "A row of the change exists already");
      }
      const next = partitions.stored(slice);
      partition.open.set(slice.sliceId, next);
      if (owed !== undefined) partition.owed.set(owed.key, structuredClone(owed));
      return next.version;
    },
    settle: async (requestId, done, version) => {
      const partition = partitions.of(requestId);
      assertVersion(partition, done.sliceId, version);
      partition.open.delete(done.sliceId);
      partition.done.set(done.sliceId, structuredClone(done));
    },
    open: async (requestId, prefix, after, limit) => {
      const rows = sorted(partitions.of(requestId).open, prefix);
      return rows.filter(({ value }) => value.sliceId > after).slice(0, limit);
    },
    done: async function* (requestId, prefix) {
      yield* sorted(partitions.of(requestId).done, prefix);
    },
  };
}

function assertVersion(partition: Partition, sliceId: string, version: string): void {
  const row: Stored<OpenSlice> | undefined = partition.open.get(sliceId);
  if (row?.version !== version) {
    throw new AppError("store-conflict", "The slice was changed by somebody else");
  }
}

function sorted<T>(rows: ReadonlyMap<string, T>, prefix: string): T[] {
  const ids = [...rows.keys()].filter((id) => id.startsWith(prefix)).sort();
  return ids.flatMap((id) => structuredClone(rows.get(id) ?? []));
}
