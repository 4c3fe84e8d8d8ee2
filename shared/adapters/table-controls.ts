import type { TableClient } from "@azure/data-tables";
import { z } from "zod";
import { DEFAULT_CONTROLS, deletionControlsSchema } from "../core/controls.ts";
import { isCode } from "../errors.ts";
import type { Controls } from "../pipeline/ports.ts";
import { type Row, type TableRows, tableRows } from "./table-rows.ts";

const SETTINGS = "settings";
const DELETIONS = "deletions";
/** The partition of the counts: a row for every hour in which something was deleted. */
const HOURS = "hours";

const countSchema = z.int().nonnegative();

/** The controls in Table Storage: one row with what is set, and a counter row for each hour. */
export function tableControls(client: TableClient): Controls {
  const rows = tableRows(client);
  return {
    read: async () => {
      const row = await rows.read(SETTINGS, DELETIONS, deletionControlsSchema);
      return row?.value ?? DEFAULT_CONTROLS;
    },
    write: (controls) => rows.put(SETTINGS, DELETIONS, deletionControlsSchema.parse(controls)),
    spent: async (hour) => (await rows.read(HOURS, hour, countSchema))?.value ?? 0,
    spend: async (hour, cap) => {
      for (;;) {
        const row = await rows.read(HOURS, hour, countSchema);
        const spent = row?.value ?? 0;
        if (spent >= cap) return false;
        if (await count(rows, hour, row)) return true;
      }
    },
  };
}

/** False when somebody else counted in between: each such time one call got ahead, so this ends. */
async function count(rows: TableRows, hour: string, row: Row<number> | null): Promise<boolean> {
  const value = (row?.value ?? 0) + 1;
  try {
    await rows.transact(HOURS, [
      row === null
        ? { do: "insert", key: hour, value }
        : { do: "replace", key: hour, value, version: row.version },
    ]);
    return true;
  } catch (error) {
    if (isCode(error, "store-conflict")) return false;
    throw error;
  }
}
