import type { TokenVault } from "../../../shared/pipeline/ports.ts";

/** The vault in memory, with the troubles a test gives it. */
export interface MemoryVault extends TokenVault {
  readonly secrets: Map<string, string>;
  /** Called before each call, with the name of the secret; may throw. */
  onCall: (call: "put" | "read" | "purge", secretName: string) => void | Promise<void>;
}

/** A vault in memory. */
export function memoryTokenVault(): MemoryVault {
  const secrets = new Map<string, string>();
  const vault: MemoryVault = {
    secrets,
    onCall: () => undefined,
    put: async (secretName, token) => {
      await vault.onCall("put", secretName);
      secrets.set(secretName, token);
    },
    read: async (secretName) => {
      await vault.onCall("read", secretName);
      return secrets.get(secretName) ?? null;
    },
    purge: async (secretName) => {
      await vault.onCall("purge", secretName);
      secrets.delete(secretName);
    },
  };
  return vault;
}
