import type { Due, DueIndex } from "../../../shared/pipeline/ports.ts";

/** The due index in memory. */
export function memoryDueIndex(): DueIndex {
  const rows = new Map<string, Due>();
  const keyOf = (due: Due) => `${due.lookAt}-${due.requestId}`;
  return {
    add: async (due) => void rows.set(keyOf(due), { ...due }),
    remove: async (due) => void rows.delete(keyOf(due)),
    until: async (at, limit, after) => {
      const last = after === undefined ? "" : keyOf(after);
      const due = [...rows].filter(([key, { lookAt }]) => key > last && lookAt <= at);
      const sorted = due.sort(([a], [b]) => (a < b ? -1 : 1));
      return sorted.slice(0, limit).map(([, row]) => row);
    },
  };
}
