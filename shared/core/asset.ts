import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";

/** Assets: what a workspace holds of a person. */

export const ASSET_KINDS = [
  "workspace",
  "workspace-settings",
  "users",
  "project",
  "dataset",
  "trained-model",
  "transform",
  "custom-module",
  "experiment",
  "notebook",
  "gateway",
  "web-service",
  "web-service-endpoint",
  "web-service-group",
  "arm-web-service",
  "commitment-plan",
] as const;
export const assetKindSchema = z.enum(ASSET_KINDS);
export type AssetKind = z.infer<typeof assetKindSchema>;

/**
 * An asset as a provider finds it. `sourceId` is the service's own id, `name` what the user called it;
 * `bytes` is the size the service tells, 0 when it tells none.
 *
 * Source ids: the workspace id (`workspace-settings`, `users`), the resource id (`dataset`, `trained-model`,
 * `transform`, `custom-module`), the experiment's head (`experiment`), the container id (`project`), the family id
 * (`notebook`), the name (`gateway`), the service id (`web-service`), `<service id>/<endpoint name>`
 * (`web-service-endpoint`), the group id (`web-service-group`), the ARM id (`arm-web-service`, `commitment-plan`, and
 * `workspace` where there is one).
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
 * the folder that is its own in the package. One that was asked for and is not there `isAbsent`;
 * one of the kind `workspace` with a `failure` stands for all that could not be searched in it.
 */
export const inventoryLineSchema = assetSchema.extend({
  assetId: z.string().regex(/^[0-9a-f]{32}$/),
  workspace: z.int().nonnegative(),
  folder: z.string(),
  isAbsent: z.literal(true).optional(),
  failure: z.string().optional(),
});
export type InventoryLine = z.infer<typeof inventoryLineSchema>;

/** The facts of an asset that a plan's hash covers; anything else may change freely. */
export function assetFacts(line: InventoryLine) {
  const { workspace, kind, sourceId, version, bytes, createdAt, modifiedAt } = line;
  return { workspace, kind, id: sourceId, version, bytes, createdAt, modifiedAt };
}

/** The same as canonical JSON (RFC 8785). */
export function planFacts(line: InventoryLine): string {
  return canonicalJson(assetFacts(line));
}
