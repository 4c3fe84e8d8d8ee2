import { z } from "zod";

/** A slice: a range of the inventory that one worker handles, and how it is claimed and settled. */

/** The phase that exports; an export has no other. */
export const EXPORT_PHASE = 1;

/** At most so many assets, or so many bytes, share a slice; a larger asset has one of its own. */
export const MAX_SLICE_ASSETS = 100;
export const MAX_SLICE_BYTES = 256 * 1024 * 1024;

/**
 * Blocks of one blob that are staged but not committed: by whom, as runs of blocks in order, and how many bytes.
 * `tag` names the source's version of the bytes. The last run may have grown since: the store tells.
 */
export const stagedBlobSchema = z.object({
  blob: z.string(),
  tag: z.string().nullable(),
  bytes: z.int().nonnegative(),
  runs: z.array(z.object({ epoch: z.int().positive(), blocks: z.int().positive() })),
});
export type StagedBlob = z.infer<typeof stagedBlobSchema>;

/** The id of a block: the epoch of the worker that staged it, and its number within the blob from 0 on. */
export function blockId(epoch: number, number: number): string {
  return `${String(epoch).padStart(6, "0")}-${String(number).padStart(6, "0")}`;
}

/** The epoch in the id of a block. */
export function epochOf(id: string): number {
  return Number(id.slice(0, 6));
}

/** What became of one asset. `reason` is an error code; of a deletion `claimed` is the service's word. */
export const outcomeSchema = z.object({
  assetId: z.string(),
  outcome: z.enum(["exported", "failed", "claimed", "already-gone", "blocked-by"]),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  reason: z.string().nullable(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/**
 * An open slice. `lines` is its byte range in the inventory blob. `attempt` counts the messages sent for it,
 * `failures` those that ended in an error. `epoch` grows with every claim and fences older workers;
 * `leaseUntil` is set while a worker holds it; `sentAt` is when its last message is due. `bytesDone` counts what
 * is stored of its files, staged blocks included. `parts` name the blobs with the results of its assets so far.
 */
export const openSliceSchema = z.object({
  sliceId: z.string(),
  lines: z.object({ offset: z.int().nonnegative(), bytes: z.int().positive() }),
  assets: z.int().positive(),
  expectedBytes: z.int().nonnegative(),
  attempt: z.int().positive(),
  failures: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  leaseUntil: z.string().nullable(),
  sentAt: z.string().nullable(),
  bytesDone: z.int().nonnegative(),
  staged: z.array(stagedBlobSchema),
  parts: z.array(z.object({ blob: z.string(), sha256: z.string() })),
});
export type OpenSlice = z.infer<typeof openSliceSchema>;

/** A settled slice. `report` names the blob that lists its files; `reportSha256` is the digest of that blob. */
export const doneSliceSchema = z.object({
  sliceId: z.string(),
  epoch: z.int().positive(),
  settledAt: z.string(),
  report: z.string(),
  reportSha256: z.string(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  outcomes: z.array(outcomeSchema),
});
export type DoneSlice = z.infer<typeof doneSliceSchema>;

/** What was asked for and not done. */
const NOT_DONE: ReadonlySet<Outcome["outcome"]> = new Set(["failed", "blocked-by"]);

/** What a slice, open or settled, comes to: its settled assets, those of them not done, the bytes stored. */
export function tallyOf(slice: OpenSlice | DoneSlice): {
  readonly settled: number;
  readonly failed: number;
  readonly bytes: number;
} {
  if ("lines" in slice) return { settled: 0, failed: 0, bytes: slice.bytesDone };
  const failed = slice.outcomes.filter(({ outcome }) => NOT_DONE.has(outcome)).length;
  return { settled: slice.outcomes.length, failed, bytes: slice.bytes };
}

/** What was taken out of a document: where (a JSON pointer), and what kind of secret it was. Never the value. */
export const redactionSchema = z.object({ pointer: z.string(), reason: z.string() });
export type Redaction = z.infer<typeof redactionSchema>;

/**
 * One line of a slice's report: a file of the package, by blob and by path, with the `name` that it had at its
 * source; or an asset that failed, as a whole (`file` is null) or in one file. `asset` is the number of the asset
 * in its slice.
 */
export const reportLineSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("file"),
    asset: z.int().nonnegative(),
    blob: z.string(),
    path: z.string(),
    name: z.string(),
    bytes: z.int().nonnegative(),
    sha256: z.string(),
    crc32: z.int().nonnegative(),
    redactions: z.array(redactionSchema),
  }),
  z.object({
    type: z.literal("exception"),
    asset: z.int().nonnegative(),
    kind: z.string(),
    sourceId: z.string(),
    name: z.string(),
    file: z.string().nullable(),
    reason: z.string(),
  }),
]);
export type ReportLine = z.infer<typeof reportLineSchema>;

/** The id of a slice: plan generation, phase, running number; ids of one phase sort in order. */
export function sliceId(generation: number, phase: number, number: number): string {
  return `${slicePrefix(generation, phase)}${String(number).padStart(6, "0")}`;
}

/** What the ids of one plan generation begin with. */
export function generationPrefix(generation: number): string {
  return `${String(generation).padStart(3, "0")}-`;
}

/** A slice without assets, which begins at that byte of the inventory. */
export function emptySlice(id: string, offset: number): OpenSlice {
  return {
    sliceId: id,
    lines: { offset, bytes: 0 },
    assets: 0,
    expectedBytes: 0,
    attempt: 1,
    failures: 0,
    epoch: 0,
    leaseUntil: null,
    sentAt: null,
    bytesDone: 0,
    staged: [],
    parts: [],
  };
}

/** What the ids of one phase of one plan generation begin with. */
export function slicePrefix(generation: number, phase: number): string {
  return `${generationPrefix(generation)}${String(phase).padStart(2, "0")}-`;
}

/** Whether an asset of that size has to begin a new slice after what the present one holds. */
export function isFull(
  slice: { readonly assets: number; readonly expectedBytes: number },
  nextBytes: number,
): boolean {
  return (
    slice.assets > 0 &&
    (slice.assets === MAX_SLICE_ASSETS || slice.expectedBytes + nextBytes > MAX_SLICE_BYTES)
  );
}

/** The slice as claimed by one more worker. */
export function claimed(slice: OpenSlice, leaseUntil: string): OpenSlice {
  return { ...slice, epoch: slice.epoch + 1, leaseUntil };
}

/** The slice with one more message, due at `sentAt`; whoever holds it keeps it. */
export function resent(slice: OpenSlice, sentAt: string): OpenSlice {
  return { ...slice, attempt: slice.attempt + 1, sentAt };
}

/** The slice taken from a worker that gave no sign of life: one more failure, one more message. */
export function takenBack(slice: OpenSlice, sentAt: string): OpenSlice {
  return { ...resent(slice, sentAt), leaseUntil: null, failures: slice.failures + 1 };
}

/** The slice given back by its worker, with one more message. A worker that only ran out of time has not failed. */
export function givenBack(slice: OpenSlice, sentAt: string, hasFailed: boolean): OpenSlice {
  const failures = hasFailed ? slice.failures + 1 : 0;
  return { ...resent(slice, sentAt), leaseUntil: null, failures };
}

/** Whether a worker holds the slice at `at`. */
export function isLeased(slice: OpenSlice, at: string): boolean {
  return slice.leaseUntil !== null && slice.leaseUntil > at;
}
