import type { Intent } from "../../../shared/core/erasure.ts";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import type { DoneSlice, OpenSlice } from "../../../shared/core/slice.ts";
import type { HistoryEntry, Owed, Stored } from "../../../shared/pipeline/ports.ts";
import { frozen } from "./frozen.ts";

/** All rows of one request, as the table holds them in one partition. */
export type Partition = {
  request: Stored<PrivacyRequest> | null;
  readonly history: HistoryEntry[];
  readonly owed: Map<string, Owed>;
  readonly open: Map<string, Stored<OpenSlice>>;
  readonly done: Map<string, DoneSlice>;
  readonly intents: Map<string, Stored<Intent>>;
};

/** The store that a ledger and its slices share. */
export interface Partitions {
  /** The rows of a request; none at first. */
  of(requestId: string): Partition;
  /** A value with a version that no row had before. The value is frozen: who keeps it can't change the row. */
  stored<T>(value: T): Stored<T>;
}

/** An empty store. Every method of the twins runs without a break, so each is a transaction. */
export function memoryPartitions(): Partitions {
  const partitions = new Map<string, Partition>();
  let versions = 0;
  return {
    of: (requestId) => {
      const known = partitions.get(requestId);
      if (known !== undefined) return known;
      const fresh: Partition = {
        request: null,
        history: [],
        owed: new Map(),
        open: new Map(),
        done: new Map(),
        intents: new Map(),
      };
      partitions.set(requestId, fresh);
      return fresh;
    },
    stored: (value) => {
      versions += 1;
      return { value: frozen(value), version: `v${versions}` };
    },
  };
}
