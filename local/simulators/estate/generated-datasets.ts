import { familyIdOf, hexOf, resourceIdOf } from "../seed/derived-ids.ts";
import { storedBlob } from "./build-blobs.ts";
import { generatedContent } from "./content.ts";
import type { Asset, Workspace } from "./workspace.ts";

/** What is told of a data set whose bytes are generated; `label` makes its ids and its bytes. */
export type GeneratedDataset = {
  readonly label: string;
  readonly name: string;
  readonly dataTypeId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly createdMs: number;
  readonly owner?: string;
  readonly schemaPolls?: { count: number };
};

/**
 * A new data set of pseudo-random bytes, the same for the same label on every start. The bytes are made
 * while they are read and never held.
 */
export function generatedDataset(workspace: Workspace, told: GeneratedDataset): Asset {
  const { label, sizeBytes } = told;
  const batch = workspace.datasets.size + 1;
  const familyId = familyIdOf(workspace.key, label);
  const blobLabel = `${workspace.key}:${label}`;
  const site = { workspaceKey: workspace.key, storageAccount: workspace.storageAccount };
  const content = generatedContent(blobLabel, sizeBytes);
  return {
    id: resourceIdOf(workspace.id, familyId, batch),
    familyId,
    name: told.name,
    description: "",
    dataTypeId: told.dataTypeId,
    owner: told.owner ?? workspace.ownerName,
    createdMs: told.createdMs,
    batch,
    serviceVersion: 0,
    isLatest: true,
    resourceUploadId: hexOf(`upload:${blobLabel}:1`),
    blob: storedBlob(blobLabel, "", content, "application/octet-stream", site),
    visualization: null,
    schema: null,
    ...(told.schemaPolls !== undefined && { schemaPolls: told.schemaPolls }),
    uploadedFrom: told.fileName,
    promotedFrom: null,
    language: { Language: "DotNet", Version: "4.5.0" },
  };
}

/** Adds one data set of `sizeBytes`. */
export function addLargeDataset(workspace: Workspace, sizeBytes: number): void {
  const large = {
    label: "ds-large",
    name: "Large generated data set",
    dataTypeId: "RData",
    fileName: "large.bin",
    sizeBytes,
    createdMs: workspace.createdMs,
  };
  workspace.datasets.add(generatedDataset(workspace, large));
}

/** Adds `count` numbered data sets of `sizes` bytes, taken in turn. */
export function addBulkDatasets(
  workspace: Workspace,
  count: number,
  sizes: readonly number[],
): void {
  for (let number = 1; number <= count; number += 1) {
    const digits = String(number).padStart(5, "0");
    const one = {
      label: `ds-${digits}`,
      name: `Generated data set ${digits}`,
      dataTypeId: "PlainText",
      fileName: `generated-${digits}.txt`,
      sizeBytes: sizes[(number - 1) % sizes.length] ?? 0,
      createdMs: workspace.createdMs,
    };
    workspace.datasets.add(generatedDataset(workspace, one));
  }
}
