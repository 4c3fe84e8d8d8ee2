import { type OpenSlice, tallyOf } from "../../../shared/core/slice.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Slices, Stored } from "../../../shared/pipeline/ports.ts";
import { frozen } from "./frozen.ts";
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
    load: async (requestId, sliceId) => partitions.of(requestId).open.get(sliceId) ?? null,
    save: async (requestId, slice, version, owed) => {
      const partition = partitions.of(requestId);
      assertVersion(partition, slice.sliceId, version);
      if (owed !== undefined && partition.owed.has(owed.key)) {
        throw new AppError("store-conflict", "A row of the change exists already");
      }
      const next = partitions.stored(slice);
      partition.open.set(slice.sliceId, next);
      if (owed !== undefined) partition.owed.set(owed.key, frozen(owed));
      return next.version;
    },
    settle: async (requestId, done, version) => {
      const partition = partitions.of(requestId);
      assertVersion(partition, done.sliceId, version);
      partition.open.delete(done.sliceId);
      partition.done.set(done.sliceId, frozen(done));
    },
    open: async (requestId, prefix, after, limit) => {
      const { open } = partitions.of(requestId);
      const ids = idsOf(open, prefix).filter((id) => id > after);
      return ids.slice(0, limit).flatMap((id) => open.get(id) ?? []);
    },
    tally: async (requestId, prefix) => {
      const { open, done } = partitions.of(requestId);
      const all = [
        ...idsOf(open, prefix).flatMap((id) => open.get(id)?.value ?? []),
        ...idsOf(done, prefix).flatMap((id) => done.get(id) ?? []),
      ].map(tallyOf);
      const sum = (pick: (tally: ReturnType<typeof tallyOf>) => number) =>
        all.reduce((total, tally) => total + pick(tally), 0);
      return {
        settled: sum(({ settled }) => settled),
        failed: sum(({ failed }) => failed),
        bytes: sum(({ bytes }) => bytes),
      };
    },
    done: async function* (requestId, prefix) {
      const { done } = partitions.of(requestId);
      const slices = idsOf(done, prefix).flatMap((id) => done.get(id) ?? []);
      yield* slices;
    },
  };
}

function assertVersion(partition: Partition, sliceId: string, version: string): void {
  const row: Stored<OpenSlice> | undefined = partition.open.get(sliceId);
  if (row?.version !== version) {
    throw new AppError("store-conflict", "The slice was changed by somebody else");
  }
}

function idsOf(rows: ReadonlyMap<string, unknown>, prefix: string): readonly string[] {
  return [...rows.keys()].filter((id) => id.startsWith(prefix)).sort();
}
