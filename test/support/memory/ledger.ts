import { AppError } from "../../../shared/errors.ts";
import type { Change, Ledger } from "../../../shared/pipeline/ports.ts";
import { frozen } from "./frozen.ts";
import { memoryPartitions, type Partition } from "./partitions.ts";

/** The ledger in memory. Slices made on the same `partitions` share its transactions. */
export function memoryLedger(partitions = memoryPartitions()): Ledger {
  const write = (partition: Partition, change: Change): void => {
    assertNew(partition, change);
    partition.request = partitions.stored(change.request);
    partition.history.push(...change.history.map(frozen));
    if (change.owed !== null) partition.owed.set(change.owed.key, frozen(change.owed));
  };
  return {
    create: async (change) => {
      const partition = partitions.of(change.request.requestId);
      if (partition.request !== null) return "exists";
      write(partition, change);
      return "created";
    },
    load: async (requestId) => partitions.of(requestId).request,
    save: async (change, version) => {
      const partition = partitions.of(change.request.requestId);
      if (partition.request?.version !== version) {
        throw new AppError("store-conflict", "The request was changed by somebody else");
      }
      write(partition, change);
    },
    owed: async (requestId) => [...partitions.of(requestId).owed.values()],
    paid: async (requestId, keys) => {
      for (const key of keys) partitions.of(requestId).owed.delete(key);
    },
    history: async function* (requestId) {
      yield* partitions.of(requestId).history;
    },
  };
}

/** History and owed rows are inserted, never replaced: one that is there fails the transaction. */
function assertNew(partition: Partition, change: Change): void {
  const numbers = new Set(partition.history.map((entry) => entry.number));
  const repeatsHistory = change.history.some((entry) => numbers.has(entry.number));
  const repeatsOwed = change.owed !== null && partition.owed.has(change.owed.key);
  if (repeatsHistory || repeatsOwed) {
    throw new AppError("store-conflict", "A row of the change exists already");
  }
}
