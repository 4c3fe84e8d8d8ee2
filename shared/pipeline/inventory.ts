import { createHash } from "node:crypto";
import type { Asset, InventoryLine } from "../core/asset.ts";
import { ASSET_REGISTRY } from "../core/asset-registry.ts";
import { MAX_FOLDER_UNITS, MAX_ROOT_UNITS, UniqueNames } from "../core/names.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { parseWorkspaceRef, type Scope } from "../core/scope.ts";
import { AppError } from "../errors.ts";
import type { AssetKey, OwnedAsset } from "./ports.ts";
import type { Stage } from "./stage.ts";
import { type SubjectAsset, subjectAssets, subjectWorkspaces } from "./subject.ts";

/** What a request is about: its workspaces and their assets. */

/**
 * The workspaces that the request names, each once. Throws what the directory throws, and
 * `workspace-not-found` for one that is out of the submitter's reach.
 */
export async function findWorkspaces(
  stage: Parameters<typeof subjectWorkspaces>[0] & Pick<Stage, "reach">,
  request: PrivacyRequest,
): Promise<Workspace[]> {
  const { scope, submitter } = request;
  const { directory, reach } = stage;
  if ("subject" in scope) return subjectWorkspaces(stage, request, scope.subject);
  const found = new Map<string, Workspace>();
  for (const text of workspacesOf(scope)) {
    const ref = parseWorkspaceRef(text);
    if (ref === null) throw new AppError("workspace-not-found", "A workspace name is not valid");
    const workspace = await directory.find(ref);
    reach.assertMayReach(submitter, workspace);
    found.set(workspace.workspaceId, workspace);
  }
  return [...found.values()];
}

/** An asset's name within its workspace, as one text. */
export function assetKey({ kind, sourceId }: AssetKey): string {
  return `${kind} ${sourceId}`;
}

/** The single assets of that workspace that the scope names; null when it names the whole workspace. */
export function wantedOf(scope: Scope, workspace: Workspace): ReadonlyMap<string, AssetKey> | null {
  if (!("assets" in scope)) return null;
  const named = scope.assets.filter((asset) => names(asset.workspace, workspace));
  return new Map(
    named.map(({ kind, id }) => {
      const key: AssetKey = { kind, sourceId: id };
      return [assetKey(key), key];
    }),
  );
}

function names(text: string, { workspaceId, armId }: Workspace): boolean {
  const ref = parseWorkspaceRef(text);
  if (ref?.by === "workspace-id") return ref.workspaceId === workspaceId;
  return ref?.armId.toLowerCase() === armId?.toLowerCase();
}

function workspacesOf(scope: Scope): readonly string[] {
  if ("workspaces" in scope) return scope.workspaces;
  if ("assets" in scope) return [...new Set(scope.assets.map(({ workspace }) => workspace))];
  throw new AppError("not-supported", "Only workspaces and their assets can be planned");
}

/**
 * The assets of the request's scope, workspace by workspace, each with the folder that is its own. Single assets that
 * the scope names and that are not there are left out.
 */
export async function* inventoryLines(
  { provider }: Pick<Stage, "provider">,
  workspaces: readonly Workspace[],
  scope: Scope,
  purpose: "export" | "delete" = "export",
): AsyncGenerator<InventoryLine> {
  const roots = new UniqueNames(MAX_ROOT_UNITS);
  for (const [index, workspace] of workspaces.entries()) {
    // One workspace fills the bag; several get a folder each.
    const root = workspaces.length === 1 ? null : roots.take(workspace.name);
    const folders = new Map<string, UniqueNames>();
    const wanted = wantedOf(scope, workspace);
    const found: AsyncIterable<OwnedAsset & SubjectAsset> =
      "subject" in scope
        ? subjectAssets({ provider }, workspace, scope.subject, purpose)
        : provider.inventory(workspace);
    for await (const { owner: _, ...asset } of found) {
      if (wanted !== null && !wanted.has(assetKey(asset))) continue;
      const folder = asset.failure === undefined ? folderOf(asset, root, folders) : "";
      yield { ...asset, assetId: assetIdOf(workspace, asset), workspace: index, folder };
    }
  }
}

/** A kind of which a workspace has one lies in the kind's folder; others have a folder for each asset. */
function folderOf(
  { kind, name }: Asset,
  root: string | null,
  folders: Map<string, UniqueNames>,
): string {
  const { folder, isSingle } = ASSET_REGISTRY[kind];
  const base = root === null ? folder : folder.replace(/^data\//, `data/${root}/`);
  if (isSingle) return base;
  const taken = folders.get(base) ?? new UniqueNames(MAX_FOLDER_UNITS);
  folders.set(base, taken);
  return `${base}/${taken.take(name)}`;
}

/** The pseudonymous id of an asset: the same whenever it is listed. */
export function assetIdOf({ workspaceId }: Workspace, { kind, sourceId }: AssetKey): string {
  return createHash("sha256")
    .update(JSON.stringify([workspaceId, kind, sourceId]))
    .digest("hex")
    .slice(0, 32);
}
