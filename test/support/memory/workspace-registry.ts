import type { Registration } from "../../../shared/core/registration.ts";
import { AppError } from "../../../shared/errors.ts";
import type { Stored, WorkspaceRegistry } from "../../../shared/pipeline/ports.ts";

/** The registered workspaces in memory, with the troubles a test gives them. */
export interface MemoryRegistry extends WorkspaceRegistry {
  /** Called before each save; may throw, or change the record as somebody else would. */
  onSave: (registration: Registration) => void | Promise<void>;
}

/** A registry in memory. */
export function memoryWorkspaceRegistry(): MemoryRegistry {
  const rows = new Map<string, Stored<Registration>>();
  let writes = 0;
  const registry: MemoryRegistry = {
    onSave: () => undefined,
    load: async (workspaceId) => rows.get(workspaceId) ?? null,
    save: async (registration, version) => {
      await registry.onSave(registration);
      if ((rows.get(registration.workspaceId)?.version ?? null) !== version) throw conflict();
      writes += 1;
      const stored = { value: structuredClone(registration), version: String(writes) };
      rows.set(registration.workspaceId, stored);
      return stored.version;
    },
    remove: async (workspaceId, version) => {
      const stored = rows.get(workspaceId);
      if (stored === undefined) return;
      if (stored.version !== version) throw conflict();
      rows.delete(workspaceId);
    },
    list: async function* (registeredBy) {
      for (const id of [...rows.keys()].sort()) {
        const stored = rows.get(id);
        if (stored === undefined) continue;
        if (registeredBy === undefined || stored.value.registeredBy === registeredBy) yield stored;
      }
    },
  };
  return registry;
}

function conflict(): AppError {
  return new AppError("store-conflict", "The record is another version");
}
