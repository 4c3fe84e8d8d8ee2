import type { TableClient } from "@azure/data-tables";
import { registrationSchema } from "../core/registration.ts";
import { AppError } from "../errors.ts";
import type { WorkspaceRegistry } from "../pipeline/ports.ts";
import { equals } from "./table-filter.ts";
import { tableRows } from "./table-rows.ts";

const PARTITION = "workspaces";

/**
 * The registered workspaces in Table Storage: one partition, a row per workspace. `registeredBy` is a column
 * too, so that a caller's own are found without reading those of others.
 */
export function tableWorkspaceRegistry(client: TableClient): WorkspaceRegistry {
  const rows = tableRows(client);
  return {
    load: async (workspaceId) => {
      const row = await rows.read(PARTITION, workspaceId, registrationSchema);
      return row === null ? null : { value: row.value, version: row.version };
    },
    save: async (registration, version) => {
      const { workspaceId: key, registeredBy } = registration;
      // A caller may hold more than the record has; nothing else is stored.
      const row = { key, value: registrationSchema.parse(registration), columns: { registeredBy } };
      const [stored] = await rows.transact(PARTITION, [
        version === null ? { do: "insert", ...row } : { do: "replace", ...row, version },
      ]);
      if (typeof stored === "string") return stored;
      throw new AppError("internal", "The store did not tell the version of a row");
    },
    remove: (workspaceId, version) => rows.remove(PARTITION, workspaceId, version),
    list: async function* (registeredBy) {
      const conditions = registeredBy === undefined ? [] : [equals("registeredBy", registeredBy)];
      for await (const row of rows.range(PARTITION, conditions, registrationSchema)) {
        yield { value: row.value, version: row.version };
      }
    },
  };
}
