import type { SecretClient } from "@azure/keyvault-secrets";
import { AppError } from "../errors.ts";
import type { TokenVault } from "../pipeline/ports.ts";
import { ifThere, storageError } from "./storage-errors.ts";

/** A vault takes some seconds to delete a secret; longer than this is trouble. */
const DELETE_WITHIN_MS = 30_000;
const POLL_MS = 500;

/**
 * Tokens as secrets of a Key Vault. Its identity needs `get`, `set`, `delete` and `purge` of secrets, and the
 * vault no purge protection: a deleted secret stays recoverable until it is purged
 * (https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview).
 */
export function keyVaultTokens(client: SecretClient): TokenVault {
  return {
    put: async (secretName, token) => {
      const contentType = "text/plain";
      await call("Storing a token", () => client.setSecret(secretName, token, { contentType }));
    },
    read: async (secretName) => {
      const secret = await ifThere(call("Reading a token", () => client.getSecret(secretName)));
      return secret?.value ?? null;
    },
    purge: async (secretName) => {
      await ifThere(call("Deleting a token", () => deleted(client, secretName)));
      // Also when there was nothing to delete: an earlier call may have got so far and no further.
      await ifThere(call("Purging a token", () => client.purgeDeletedSecret(secretName)));
    },
  };
}

async function deleted(client: SecretClient, secretName: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(DELETE_WITHIN_MS);
  const poller = await client.beginDeleteSecret(secretName, { intervalInMs: POLL_MS, abortSignal });
  await poller.pollUntilDone({ abortSignal });
}

/** As of storage, but a conflict passes: the vault is still at work on the secret. */
async function call<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = storageError(error, name);
    if (failure.code !== "store-conflict") throw failure;
    throw new AppError("store-unavailable", failure.message);
  }
}
