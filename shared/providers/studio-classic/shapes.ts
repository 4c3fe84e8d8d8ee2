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
  UserStorageKey: text,
  AuthorizationToken: z.object({ PrimaryToken: text, SecondaryToken: text }).nullish(),
});
export type WorkspaceSettings = z.output<typeof workspaceSettingsSchema>;

/** A size in bytes; 0 when it is not known. */
const sizeBytes = z
  .number()
  .nullish()
  .transform((size) => (Number.isSafeInteger(size) ? Math.max(size ?? 0, 0) : 0));

/** Where the bytes of a file are: the three texts make its link when they are put together. `Size` is in bytes. */
export const downloadLocationSchema = z.object({
  BaseUri: z.string(),
  Location: text,
  AccessCredential: text,
  Name: text,
  Size: sizeBytes,
});
export type DownloadLocation = z.output<typeof downloadLocationSchema>;

/**
 * A data set, a trained model or a transform: one version of its family. `PromotedFrom` names the output that it was
 * made from, as `<experiment>.<node>.<port>`.
 */
export const datasetSchema = z.object({
  Id: z.string().min(1),
  Name: text,
  DataTypeId: text,
  Size: sizeBytes,
  CreatedDate: studioDate,
  UploadedFromFilename: text,
  Owner: text,
  Batch: z.union([z.int(), z.string()]).nullish(),
  PromotedFrom: text,
  DownloadLocation: downloadLocationSchema.nullish(),
  SchemaEndPoint: downloadLocationSchema.nullish(),
  VisualizeEndPoint: downloadLocationSchema.nullish(),
});
export type Dataset = z.output<typeof datasetSchema>;

/** A module. Those that users made have the release state `Custom`. */
export const moduleSchema = z.object({
  Id: z.string().min(1),
  Name: text,
  ReleaseState: text,
  Owner: text,
  CreatedDate: studioDate,
  Batch: z.union([z.int(), z.string()]).nullish(),
});

/** A project: assets that belong together. `Contents` has their ids by kind; only the ids are kept. */
export const projectSchema = z.object({
  ContainerId: z.string().min(1),
  Name: text,
  EntityTag: text,
  Creator: text,
  CreatedTime: studioDate,
  ChangedTime: studioDate,
  Contents: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((contents) =>
      Object.values(contents ?? {})
        .flat()
        .filter(isText),
    ),
});

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** A notebook's entry; its file is not to be had. */
export const notebookSchema = z.object({
  FamilyId: z.string().min(1),
  Name: text,
  Author: text,
  Created: studioDate,
  Modified: studioDate,
});

/** An on-premises data gateway. */
export const gatewaySchema = z.object({
  GatewayName: z.string().min(1),
  Version: text,
  CreateTime: studioDate,
});

/** Classic web services as the Studio side sees them. */
export const webServiceGroupSchema = z.object({
  Id: z.string().min(1),
  Name: text,
  CreationTime: studioDate,
});

/** A time of the management API (ISO 8601), with milliseconds; null for any other text. */
const isoDate = z
  .string()
  .nullish()
  .transform((value) => {
    const at = Date.parse(value ?? "");
    return Number.isNaN(at) ? null : new Date(at).toISOString();
  });

/** A classic web service. */
export const webServiceSchema = z.object({
  Id: z.string().min(1),
  Name: text,
  CreationTime: isoDate,
});
export type WebService = z.output<typeof webServiceSchema>;

/** An endpoint of a classic web service; `ApiLocation` is where it is called, `ExperimentLocation` what it runs. */
export const endpointSchema = z.object({
  Name: z.string().min(1),
  CreationTime: isoDate,
  ApiLocation: text,
  ExperimentLocation: text,
});
export type Endpoint = z.output<typeof endpointSchema>;

/** One line of the list of experiments. `Description` is what the user called it. */
export const experimentSummarySchema = z.object({
  ExperimentId: z.string().min(1),
  Description: text,
  Etag: text,
  Creator: text,
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
