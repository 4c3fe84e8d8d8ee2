import { z } from "zod";

/** Assets: what a workspace holds of a person, and what can be done with each kind. */

/** How a kind is treated: either a way, or the reason why there is none. */
type Way = { readonly how: string } | { readonly not: string };

/**
 * What has to be said about every kind before it compiles. `folder` is where it goes in the package; a
 * kind that `isSingle`, of which a workspace has one, lies there itself, others in a folder each.
 */
type AssetRule = {
  readonly folder: string;
  readonly isSingle: boolean;
  readonly export: Way;
  readonly delete: Way;
  readonly verify: Way;
  readonly redact: Way;
};

export const ASSET_KINDS = ["workspace-settings", "users", "dataset", "experiment"] as const;
export const assetKindSchema = z.enum(ASSET_KINDS);
export type AssetKind = z.infer<typeof assetKindSchema>;

/** The registry of asset kinds. */
export const ASSET_REGISTRY: Record<AssetKind, AssetRule> = {
  "workspace-settings": {
    folder: "data/account/workspace",
    isSingle: true,
    export: { how: "the settings document as received" },
    delete: { not: "settings go with their workspace" },
    verify: { not: "settings go with their workspace" },
    redact: { how: "tokens, storage key, connection strings, certificate" },
  },
  users: {
    folder: "data/account/users",
    isSingle: true,
    export: { how: "the list of users and invitations as received" },
    delete: { not: "only an owner can remove a user, in the Studio user interface" },
    verify: { not: "users are not deleted" },
    redact: { not: "the list holds no secret" },
  },
  dataset: {
    folder: "data/workspace/datasets",
    isSingle: false,
    export: { how: "the metadata document, and the content byte for byte" },
    delete: { how: "the family, all versions" },
    verify: { how: "the family is absent from the list" },
    redact: { how: "download links in the metadata; the content is the user's and stays as it is" },
  },
  experiment: {
    folder: "data/workspace/experiments",
    isSingle: false,
    export: { how: "the experiment document as received" },
    delete: { how: "the experiment with its run history" },
    verify: { how: "the experiment is absent from the list" },
    redact: { how: "credentials in module parameters, download links" },
  },
};

/**
 * An asset as a provider finds it. `sourceId` is the service's own id, `name` what the user called it;
 * `bytes` is the size the service tells, 0 when it tells none.
 */
export const assetSchema = z.object({
  kind: assetKindSchema,
  sourceId: z.string().min(1),
  name: z.string(),
  version: z.string(),
  bytes: z.int().nonnegative(),
  createdAt: z.string().nullable(),
  modifiedAt: z.string().nullable(),
});
export type Asset = z.infer<typeof assetSchema>;

/**
 * One line of the inventory: an asset, the index of its workspace in the plan, its pseudonymous id, and
 * the folder that is its own in the package.
 */
export const inventoryLineSchema = assetSchema.extend({
  assetId: z.string().regex(/^[0-9a-f]{32}$/),
  workspace: z.int().nonnegative(),
  folder: z.string(),
});
export type InventoryLine = z.infer<typeof inventoryLineSchema>;

/** The facts of an asset that a plan's hash covers, in fixed order; anything else may change freely. */
export function planFacts(line: InventoryLine): string {
  return JSON.stringify([
    line.workspace,
    line.kind,
    line.sourceId,
    line.version,
    line.bytes,
    line.createdAt,
    line.modifiedAt,
  ]);
}
