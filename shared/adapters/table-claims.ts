import type { TableClient } from "@azure/data-tables";
import { workspaceClaimSchema } from "../core/workspace-claim.ts";
import type { WorkspaceClaims } from "../pipeline/ports.ts";
import { tableRows } from "./table-rows.ts";

const CLAIM = "claim";

/** The claims in Table Storage: one row in a partition of its own for each workspace. */
export function tableClaims(client: TableClient): WorkspaceClaims {
  const rows = tableRows(client);
  return {
    load: async (key) => {
      const row = await rows.read(key, CLAIM, workspaceClaimSchema);
      return row === null ? null : { value: row.value, version: row.version };
    },
    save: async (key, value, version) => {
      await rows.transact(key, [
        version === null
          ? { do: "insert", key: CLAIM, value }
          : { do: "replace", key: CLAIM, value, version },
      ]);
    },
  };
}
