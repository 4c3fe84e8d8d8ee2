import type { ModuleName } from "../seed/module-catalogue.ts";
import type { SeedExperiment, SeedWorkspace } from "../seed/seed-types.ts";
import type { ArmService, CommitmentPlan } from "./arm-service.ts";
import type { AssetShelf } from "./asset-shelf.ts";
import type { Content } from "./content.ts";
import type { Removals } from "./removals.ts";

/** A blob in some storage account. Deleting an asset leaves it behind, as nothing says otherwise. */
export type StoredBlob = {
  readonly account: string;
  readonly path: string;
  readonly content: Content;
  readonly contentType: string;
  /** Key of the workspace that owns it; null for the samples that all workspaces share. */
  readonly workspaceKey: string | null;
};

/** One version of a data set, trained model or transform. */
export type Asset = {
  readonly id: string;
  readonly familyId: string;
  readonly name: string;
  readonly description: string;
  readonly dataTypeId: string;
  readonly owner: string;
  readonly createdMs: number;
  readonly batch: number;
  /** 0 for the first version. */
  readonly serviceVersion: number;
  readonly isLatest: boolean;
  readonly resourceUploadId: string;
  readonly blob: StoredBlob;
  readonly visualization: StoredBlob | null;
  readonly schema: StoredBlob | null;
  /** How often the schema of an upload was asked for; the seed is settled. */
  readonly schemaPolls?: { count: number };
  readonly uploadedFrom: string | null;
  /** Set when promoted from a node output: experiment id, then `<experiment>.<node>.<port>`. */
  readonly promotedFrom: { readonly experimentId: string; readonly port: string } | null;
  readonly language: { readonly Language: string; readonly Version: string };
};

export type InputPort = {
  readonly name: string;
  readonly datasetId: string | null;
  readonly modelId: string | null;
};

export type OutputPort = {
  readonly name: string;
  readonly isModel: boolean;
  readonly blob: StoredBlob;
  readonly visualization: StoredBlob;
  readonly schema: StoredBlob;
  readonly runtimeInfo: StoredBlob;
};

export type GraphNode = {
  readonly module: ModuleName;
  readonly id: string;
  readonly moduleId: string;
  readonly comment: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly OutputPort[];
  readonly log: StoredBlob;
};

export type GraphEdge = { readonly sourcePortId: string; readonly targetPortId: string };

export type Experiment = {
  readonly seed: SeedExperiment;
  /** The `f-id` of the live head. */
  readonly id: string;
  readonly hex: string;
  readonly creator: string;
  /** Oldest first; the last is the run of the head, and for a draft the time it was saved. */
  readonly runTimesMs: readonly number[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Resource ids of the data sets and models shown in the drawing. */
  readonly assetNodeIds: readonly string[];
};

/** A classic web service. One published as code comes from no experiment. */
export type WebService = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly createdMs: number;
  /** The default one first. */
  readonly endpoints: readonly { readonly name: string; readonly id: string }[];
};

/** One workspace with all that can change in it. */
export type Workspace = {
  readonly seed: SeedWorkspace;
  readonly key: string;
  readonly id: string;
  readonly createdMs: number;
  readonly primaryToken: string;
  readonly secondaryToken: string;
  readonly ownerName: string;
  /** The customer's account for paid workspaces, else one of the operator. */
  readonly storageAccount: string;
  readonly datasets: AssetShelf;
  readonly models: AssetShelf;
  readonly transforms: AssetShelf;
  readonly experiments: Experiment[];
  readonly webServices: WebService[];
  /** Resources beside it that outlive it; paid workspaces only. */
  readonly armServices: readonly ArmService[];
  readonly plans: readonly CommitmentPlan[];
  /** What was deleted in it, and the workspace itself. */
  readonly removals: Removals;
  /** Families whose first delete was refused by the switch `firstDeleteFails400`. */
  readonly refusedFamilies: Set<string>;
};

/** Guest workspaces end eight hours after they were made. */
export const GUEST_LIFETIME_MS = 8 * 60 * 60 * 1000;

/** Whether a guest workspace has outlived its eight hours. */
export function isExpiredGuest(workspace: Workspace, nowMs: number): boolean {
  return workspace.seed.type === "Anonymous" && nowMs >= workspace.createdMs + GUEST_LIFETIME_MS;
}

/** Whether the workspace was deleted: its tokens are worthless from then on. */
export function isDeleted(workspace: Workspace, nowMs: number): boolean {
  return workspace.removals.isGone("workspace", workspace.id, nowMs);
}
