/** Where things lie in a package's container. All names are ours; readable paths exist only inside the bag. */

/** The inventory of a plan generation. */
export function inventoryBlob(generation: number): string {
  return `inventory/${String(generation).padStart(3, "0")}.ndjson`;
}

/** What all payload blobs begin with. */
export const PAYLOAD = "p/";

/** What the payload blobs of a slice begin with. */
export function payloadPrefix(sliceId: string): string {
  return `${PAYLOAD}${sliceId}-`;
}

/** A payload blob: the slice, the number of the asset within it, the provider's key of the file. */
export function payloadBlob(sliceId: string, assetNumber: number, key: string): string {
  return `${payloadPrefix(sliceId)}${String(assetNumber).padStart(4, "0")}-${key}`;
}

/** The report of a slice as one worker made it. */
export function reportBlob(sliceId: string, epoch: number): string {
  return `r/${sliceId}-${String(epoch).padStart(6, "0")}.ndjson`;
}

/** What one call of a worker came to, when others have to go on after it. */
export function partBlob(sliceId: string, epoch: number): string {
  return `r/${sliceId}-${String(epoch).padStart(6, "0")}-part.ndjson`;
}

/** The list of the package's files: tag files and payload, by blob and by path. */
export const FILES_BLOB = "files.ndjson";
