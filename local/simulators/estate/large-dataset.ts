import { familyIdOf, hexOf, resourceIdOf } from "../seed/derived-ids.ts";
import { storedBlob } from "./build-blobs.ts";
import { generatedContent } from "./content.ts";
import type { Workspace } from "./workspace.ts";

const KEY = "ds-large";

/** Adds a data set of `sizeBytes` pseudo-random bytes, the same on every start. */
export function addLargeDataset(workspace: Workspace, sizeBytes: number): void {
  const batch = workspace.datasets.size + 1;
  const familyId = familyIdOf(workspace.key, KEY);
  const site = { workspaceKey: workspace.key, storageAccount: workspace.storageAccount };
  const content = generatedContent(`${workspace.key}:${KEY}`, sizeBytes);
  workspace.datasets.add({
    id: resourceIdOf(workspace.id, familyId, batch),
    familyId,
    name: "Large generated data set",
    description: "",
    dataTypeId: "RData",
    owner: workspace.ownerName,
    createdMs: workspace.createdMs,
    batch,
    serviceVersion: 0,
    isLatest: true,
    resourceUploadId: hexOf(`upload:${workspace.key}:${KEY}:1`),
    blob: storedBlob(`${workspace.key}:${KEY}`, "", content, "application/octet-stream", site),
    visualization: null,
    schema: null,
    uploadedFrom: "large.bin",
    promotedFrom: null,
    language: { Language: "DotNet", Version: "4.5.0" },
  });
}
