import type { InventoryLine } from "../core/asset.ts";
import type { Workspace } from "../core/request.ts";
import type { Scope } from "../core/scope.ts";
import { assetIdOf, assetKey, inventoryLines, wantedOf } from "./inventory.ts";
import type { AssetKey } from "./ports.ts";
import type { Stage } from "./stage.ts";

/**
 * The assets that an export is about; those that the scope names and the workspace does not have come last, marked,
 * so that the package can say that they were not there.
 */
export async function* exportLines(
  stage: Pick<Stage, "provider">,
  workspaces: readonly Workspace[],
  scope: Scope,
): AsyncGenerator<InventoryLine> {
  const missing = workspaces.map((workspace) => new Map(wantedOf(scope, workspace) ?? []));
  for await (const line of inventoryLines(stage, workspaces, scope)) {
    missing[line.workspace]?.delete(assetKey(line));
    yield line;
  }
  for (const [index, workspace] of workspaces.entries()) {
    for (const key of missing[index]?.values() ?? []) yield absentLine(workspace, index, key);
  }
}

function absentLine(workspace: Workspace, index: number, key: AssetKey): InventoryLine {
  return {
    ...key,
    name: key.sourceId,
    version: "",
    bytes: 0,
    createdAt: null,
    modifiedAt: null,
    assetId: assetIdOf(workspace, key),
    workspace: index,
    folder: "",
    isAbsent: true,
  };
}
