import type { BlobServiceClient, BlockBlobClient, UserDelegationKey } from "@azure/storage-blob";
import { AppError } from "../errors.ts";
import type { Clock } from "../pipeline/ports.ts";

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A link works at once, also where the service's clock is behind ours. */
const STARTED_MS = 15 * MINUTE_MS;

/** How long a key is asked for, and the most that the service gives. */
const KEY_MS = DAY_MS;
const MAX_KEY_MS = 7 * DAY_MS;

/** Makes links that end at an instant. Throws `internal` when that is more than 7 days ahead. */
export type BlobLinks = (
  expiresAt: string,
) => Promise<(blob: BlockBlobClient, fileName?: string) => string>;

/**
 * Links to single blobs: user-delegation SAS (`r`, HTTPS only, answered as an attachment, so that content
 * from users is not shown as a page of the storage host).
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 *
 * The key is kept for as long as it outlives the links that are asked for.
 */
export function blobLinks(client: BlobServiceClient, clock: Clock): BlobLinks {
  let key: UserDelegationKey | undefined;
  return async (expiresAt) => {
    const { BlobSASPermissions, generateBlobSASQueryParameters, SASProtocol } = await import(
      "@azure/storage-blob"
    );
    const nowMs = Date.parse(clock.now());
    const startsOn = new Date(nowMs - STARTED_MS);
    const expiresOn = new Date(expiresAt);
    if (key === undefined || key.signedExpiresOn < expiresOn) {
      key = await keyUntil(client, startsOn, nowMs, expiresOn.getTime());
    }
    const signingKey = key;
    return (blob, fileName) => {
      const sas = generateBlobSASQueryParameters(
        {
          containerName: blob.containerName,
          blobName: blob.name,
          permissions: BlobSASPermissions.parse("r"),
          protocol: SASProtocol.Https,
          startsOn,
          expiresOn,
          contentDisposition:
            fileName === undefined ? "attachment" : `attachment; filename="${fileName}"`,
        },
        signingKey,
        client.accountName,
      );
      return `${blob.url}?${sas.toString()}`;
    };
  };
}

async function keyUntil(
  client: BlobServiceClient,
  startsOn: Date,
  nowMs: number,
  expiresMs: number,
): Promise<UserDelegationKey> {
  // The service counts in seconds and by its own clock: a minute of room on either side.
  const endsMs = Math.max(nowMs + KEY_MS, expiresMs + MINUTE_MS);
  if (endsMs > nowMs + MAX_KEY_MS - MINUTE_MS) {
    throw new AppError("internal", "A link can't be valid for more than 7 days");
  }
  return client.getUserDelegationKey(startsOn, new Date(endsMs));
}
