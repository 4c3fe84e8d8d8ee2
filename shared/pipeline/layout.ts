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

/** Results that a worker put aside, by the number of such parts before it. */
export function partBlob(sliceId: string, epoch: number, number: number): string {
  const [by, place] = [String(epoch).padStart(6, "0"), String(number).padStart(4, "0")];
  return `r/${sliceId}-${by}-part-${place}.ndjson`;
}

/** A tag file as one sealing wrote it: each has an id of its own, and the request names the one that counts. */
export function tagBlob(sealId: string, path: string): string {
  return `t/${sealId}/${path}`;
}

/** The list of the package's files, by path and by blob: payload, then tag files. */
export function fileListBlob(sealId: string): string {
  return tagBlob(sealId, "files.ndjson");
}

/** The package in one file. */
export const ZIP_BLOB = "package.zip";

/** The plan of a deletion beside its inventory: what stands in the way, what stays behind. */
export function planBlob(generation: number): string {
  return `plan/${String(generation).padStart(3, "0")}.json`;
}

/** What one look found of the assets of a slice, or of another part of the plan: are they still there? */
export function lookBlob(part: string, look: number): string {
  return `looks/${part}-${String(look).padStart(3, "0")}.ndjson`;
}

/** What became of every asset of a deletion, with evidence and times. */
export function outcomesBlob(generation: number): string {
  return `outcomes/${String(generation).padStart(3, "0")}.ndjson`;
}
