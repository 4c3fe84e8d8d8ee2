import { createHash } from "node:crypto";
import type { Asset } from "../../core/asset.ts";
import { createRedactor } from "../redaction/redact.ts";
import type { Document } from "./client.ts";
import type { Dataset, ExperimentSummary, WorkspaceSettings } from "./shapes.ts";

/** The workspace that owns the samples: the hex form of the text `PaSsAuGlObAlWsIc`. */
const GLOBAL_WORKSPACE_ID = "506153734175476c4f62416c57734963";

/**
 * Whether the asset of that id was made in the workspace. Ids begin with the id of the workspace that
 * owns them; samples belong to a workspace of the service's own.
 */
export function isOwn(workspaceId: string, assetId: string): boolean {
  const owner = assetId.split(".")[0]?.toLowerCase();
  return owner === workspaceId && owner !== GLOBAL_WORKSPACE_ID;
}

/** The settings of a workspace as an asset. They carry no version, so the digest of the text is one. */
export function settingsAsset(workspaceId: string, document: Document<WorkspaceSettings>): Asset {
  return {
    kind: "workspace-settings",
    sourceId: workspaceId,
    name: document.value.FriendlyName,
    version: digestOf(document.text),
    bytes: 0,
    createdAt: document.value.CreatedTime,
    modifiedAt: null,
  };
}

/** The list of users as an asset, with a digest as its version. */
export function usersAsset(workspaceId: string, document: Document<unknown>): Asset {
  return {
    kind: "users",
    sourceId: workspaceId,
    name: "Users",
    version: digestOf(document.text),
    bytes: 0,
    createdAt: null,
    modifiedAt: null,
  };
}

/** A data set as an asset. Its batch number is given once in a workspace and never again. */
export function datasetAsset(dataset: Dataset): Asset {
  return {
    kind: "dataset",
    sourceId: dataset.Id,
    name: dataset.Name,
    version: String(dataset.Batch ?? ""),
    bytes: dataset.Size,
    createdAt: dataset.CreatedDate,
    modifiedAt: null,
  };
}

/** An experiment as an asset. Its etag changes with every save and run. */
export function experimentAsset(experiment: ExperimentSummary): Asset {
  return {
    kind: "experiment",
    sourceId: experiment.ExperimentId,
    name: experiment.Description,
    version: experiment.Etag,
    bytes: 0,
    createdAt: experiment.Status?.CreationTime ?? null,
    modifiedAt: experiment.Status?.EndTime ?? experiment.Status?.StartTime ?? null,
  };
}

/** Taken without the secrets, so that a new workspace token is no new version. */
function digestOf(text: string): string {
  return createHash("sha256")
    .update(createRedactor().document(text).text)
    .digest("hex")
    .slice(0, 32);
}
