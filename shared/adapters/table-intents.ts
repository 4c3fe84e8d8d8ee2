import type { TableClient } from "@azure/data-tables";
import { intentSchema } from "../core/erasure.ts";
import { AppError, isCode } from "../errors.ts";
import type { Intents } from "../pipeline/ports.ts";
import { startingWith } from "./table-filter.ts";
import { tableRows } from "./table-rows.ts";

const INTENT = "intent-";

/** The intents in Table Storage, in the partition of their request: row keys are `intent-<key>`. */
export function tableIntents(client: TableClient): Intents {
  const rows = tableRows(client);
  return {
    add: async (requestId, intent) => {
      try {
        await rows.transact(requestId, [{ do: "insert", key: rowKey(intent.key), value: intent }]);
        return "created";
      } catch (error) {
        if (isCode(error, "store-conflict")) return "exists";
        throw error;
      }
    },
    save: async (requestId, intent, version) => {
      const key = rowKey(intent.key);
      const [saved] = await rows.transact(requestId, [
        { do: "replace", key, value: intent, version },
      ]);
      if (typeof saved === "string") return saved;
      throw new AppError("internal", "The store did not tell the version of a row");
    },
    load: async (requestId, key) => {
      const row = await rows.read(requestId, rowKey(key), intentSchema);
      return row === null ? null : { value: row.value, version: row.version };
    },
    list: async function* (requestId, prefix) {
      const found = rows.range(requestId, startingWith(rowKey(prefix)), intentSchema);
      for await (const { value } of found) yield value;
    },
  };
}

function rowKey(key: string): string {
  return `${INTENT}${key}`;
}
