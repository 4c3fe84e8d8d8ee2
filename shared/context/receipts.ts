import type { ManagedIdentityCredential } from "@azure/identity";
import type { BlobServiceClient } from "@azure/storage-blob";
import { blobReceipts } from "../adapters/blob-receipts.ts";
import type { Config } from "../config.ts";
import type { Clock, Signer } from "../pipeline/ports.ts";
import type { Stage } from "../pipeline/stage.ts";

/** Where receipts are kept, and the key that signs them; the vault's SDK is loaded when it is first asked. */
export function createReceipts(
  { signing, outbound }: Config,
  clock: Clock,
  blobs: BlobServiceClient,
  credential: ManagedIdentityCredential,
): Pick<Stage, "receipts" | "signer"> {
  let made: Promise<Signer> | undefined;
  const signer = (): Promise<Signer> => {
    made ??= import("../adapters/key-vault-signer.ts").then(({ keyVaultSigner }) =>
      keyVaultSigner({
        ...signing,
        credential,
        clock,
        // A vault on this machine has no host of the cloud that its tokens are for.
        isLoopback: outbound.allowLoopback,
      }),
    );
    return made;
  };
  return {
    receipts: blobReceipts(blobs),
    signer: {
      keys: async () => (await signer()).keys(),
      sign: async (kid, digest) => (await signer()).sign(kid, digest),
    },
  };
}
