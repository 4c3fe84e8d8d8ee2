import type { InventoryLineView } from "../core/wire.ts";
import type { Stage } from "./stage.ts";

/**
 * What a workspace holds, line by line, and at the end how much: a dry run, which stores and changes nothing.
 * Throws what directory and provider throw, and `workspace-not-found` for a workspace out of the caller's reach.
 */
export async function* inventoryView(
  { directory, provider, reach }: Pick<Stage, "directory" | "provider" | "reach">,
  callerId: string,
  workspaceId: string,
): AsyncGenerator<InventoryLineView> {
  const workspace = await directory.find({ by: "workspace-id", workspaceId });
  reach.assertMayReach(callerId, workspace);
  let [assets, bytes] = [0, 0];
  for await (const asset of provider.inventory(workspace)) {
    const { kind, sourceId: id, name, createdAt, modifiedAt } = asset;
    yield { type: "asset", kind, id, name, bytes: asset.bytes, createdAt, modifiedAt };
    assets += 1;
    bytes += asset.bytes;
  }
  yield { type: "end", assets, bytes };
}
