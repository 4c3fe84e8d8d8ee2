import { z } from "zod";

/**
 * The parts of Studio's documents that are read. Every other member is ignored here and kept in the
 * export. A member that may be missing is null.
 */

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** `"/Date(ms)/"` as an ISO 8601 instant in UTC; null for .NET's minimum time, which means "never". */
const studioDate = z
  .string()
  .nullish()
  .transform((value) => parseStudioDate(value ?? ""));

/** The settings of a workspace. */
export const workspaceSettingsSchema = z.object({
  FriendlyName: text,
  Type: text,
  CreatedTime: studioDate,
});
export type WorkspaceSettings = z.output<typeof workspaceSettingsSchema>;

/** Where the bytes of a file are: the three texts make its link when they are put together. */
export const downloadLocationSchema = z.object({
  BaseUri: z.string(),
  Location: text,
  AccessCredential: text,
});
export type DownloadLocation = z.output<typeof downloadLocationSchema>;

/** A data set: one version of its family. `Size` is in bytes, 0 when it is not known. */
export const datasetSchema = z.object({
  Id: z.string().min(1),
  Name: text,
  DataTypeId: text,
  Size: z
    .number()
    .nullish()
    .transform((size) => (Number.isSafeInteger(size) ? Math.max(size ?? 0, 0) : 0)),
  CreatedDate: studioDate,
  UploadedFromFilename: text,
  Batch: z.union([z.int(), z.string()]).nullish(),
  DownloadLocation: downloadLocationSchema.nullish(),
});
export type Dataset = z.output<typeof datasetSchema>;

/** One line of the list of experiments. `Description` is what the user called it. */
export const experimentSummarySchema = z.object({
  ExperimentId: z.string().min(1),
  Description: text,
  Etag: text,
  Status: z
    .object({ CreationTime: studioDate, StartTime: studioDate, EndTime: studioDate })
    .nullish(),
});
export type ExperimentSummary = z.output<typeof experimentSummarySchema>;

/** A list: services answer `[]`, `null` or nothing at all when there is nothing in it. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/**
 * The instant of `"/Date(1464199879696)/"` (an offset after the number only says how it was shown), or
 * null for a time before 1970, which Studio uses for "never", and for any other text.
 */
export function parseStudioDate(value: string): string | null {
  const digits = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value)?.[1];
  const date = new Date(digits === undefined ? Number.NaN : Number(digits));
  return date.getTime() >= 0 ? date.toISOString() : null;
}
