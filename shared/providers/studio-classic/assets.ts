import { createHash } from "node:crypto";
import type { Asset, AssetKind } from "../../core/asset.ts";
import type { OwnedAsset } from "../../pipeline/ports.ts";
import { createRedactor } from "../redaction/redact.ts";

/** Assets as the inventory lists them, from what the service tells of them. */

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

/** What is told of an asset; what is left out is not known. */
type Facts = Pick<Asset, "sourceId" | "name" | "version"> &
  Partial<Pick<OwnedAsset, "bytes" | "createdAt" | "modifiedAt" | "owner">>;

/** An asset of that kind. */
export function asset(kind: AssetKind, { owner = "", ...facts }: Facts): OwnedAsset {
  const found = { kind, bytes: 0, createdAt: null, modifiedAt: null, ...facts };
  return owner === "" ? found : { ...found, owner };
}

/**
 * A version for documents that carry none: the digest of the text, taken without its secrets, so that a new workspace
 * token or a fresh link is no new version.
 */
export function digestOf(text: string): string {
  const { text: plain } = createRedactor().document(text);
  return createHash("sha256").update(plain).digest("hex").slice(0, 32);
}
