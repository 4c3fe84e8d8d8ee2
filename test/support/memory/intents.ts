import { AppError } from "../../../shared/errors.ts";
import type { Intents } from "../../../shared/pipeline/ports.ts";
import { memoryPartitions } from "./partitions.ts";

/** The intents in memory, in the partitions of the ledger they are given. */
export function memoryIntents(partitions = memoryPartitions()): Intents {
  return {
    add: async (requestId, intent) => {
      const { intents } = partitions.of(requestId);
      if (intents.has(intent.key)) return "exists";
      intents.set(intent.key, partitions.stored(intent));
      return "created";
    },
    save: async (requestId, intent, version) => {
      const { intents } = partitions.of(requestId);
      if (intents.get(intent.key)?.version !== version) {
        throw new AppError("store-conflict", "The intent was changed by somebody else");
      }
      const stored = partitions.stored(intent);
      intents.set(intent.key, stored);
      return stored.version;
    },
    load: async (requestId, key) => partitions.of(requestId).intents.get(key) ?? null,
    list: async function* (requestId, prefix) {
      const { intents } = partitions.of(requestId);
      const keys = [...intents.keys()].filter((key) => key.startsWith(prefix)).sort();
      yield* keys.flatMap((key) => intents.get(key)?.value ?? []);
    },
  };
}
