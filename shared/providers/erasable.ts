import type { Asset } from "../core/asset.ts";
import { ASSET_REGISTRY, deleteWayOf } from "../core/asset-registry.ts";
import { expiresAtOf } from "../core/registration.ts";
import type { Workspace } from "../core/request.ts";
import type { NotErasable } from "../pipeline/ports.ts";

/**
 * Which calls may be made that no client of the service ever made in public: of the Studio API for single assets, and
 * for a whole free workspace.
 */
export type ErasureSettings = {
  readonly unverifiedCalls: boolean;
  readonly freeWorkspaceDelete: boolean;
};

/** Why no call deletes the asset, by the registry of kinds and the settings; null where one does. */
export function notErasableBy(
  settings: ErasureSettings,
  workspace: Workspace,
  asset: Asset,
): NotErasable | null {
  const { kind, sourceId } = asset;
  if (kind === "workspace") return workspaceNotErasable(settings, workspace);
  if (kind === "web-service-endpoint" && sourceId.endsWith("/default")) {
    return { why: "goes-with", detail: "The default endpoint goes with its web service." };
  }
  const { title } = ASSET_REGISTRY[kind];
  const way = deleteWayOf(asset);
  if ("not" in way) return { why: "not-deletable", detail: `${title}: ${way.not}.` };
  if ("with" in way) {
    const whole = ASSET_REGISTRY[way.with].title.toLowerCase();
    return { why: "goes-with", detail: `${title} go with what they belong to (${whole}).` };
  }
  if (way.isProven || settings.unverifiedCalls) return null;
  return {
    why: "unverified-call",
    detail:
      `${title}: no client of the service ever deleted one in public. Delete it in Studio, or set ` +
      "STUDIO_UNVERIFIED_CALLS to have the inferred call made.",
  };
}

function workspaceNotErasable(
  { freeWorkspaceDelete }: ErasureSettings,
  workspace: Workspace,
): NotErasable | null {
  const { accountType, armId } = workspace;
  switch (accountType) {
    case "guest": {
      const end = expiresAtOf(workspace) ?? "eight hours after its creation";
      const detail = `A guest workspace cannot be deleted; it ends by itself with all that is in it, ${end} at the latest.`;
      return { why: "not-deletable", detail };
    }
    case "free":
      if (freeWorkspaceDelete) return null;
      return {
        why: "unverified-call",
        detail:
          "No client of the service ever deleted a free workspace in public. Its owner deletes it in Studio: " +
          "Settings, Delete workspace. STUDIO_FREE_WORKSPACE_DELETE says that the service takes the call.",
      };
    case "standard":
      if (armId !== null) return null;
      return {
        why: "not-deletable",
        detail:
          "Azure Resource Manager does not tell of this workspace, so it cannot be deleted there.",
      };
  }
}
