import type { Asset } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import { isCode } from "../../errors.ts";
import type { Place, StudioCalls } from "./calls.ts";
import { lookFor } from "./places.ts";

/** So many assets are asked for at a time. */
const CONCURRENCY = 8;

/**
 * Which of these assets the service still shows: those in a list, and those found by their id, since lists lag behind.
 * Kinds that go with the workspace are there as long as it is. None is when the workspace is gone; a free workspace
 * that is gone refuses its own token, which counts as its end only where the workspace itself is looked for too.
 */
export async function remainingInStudio(
  calls: StudioCalls,
  workspace: Workspace,
  assets: readonly Asset[],
): Promise<readonly Asset[]> {
  const lists = new Map<string, Promise<readonly unknown[]>>();
  const listOf = (place: Place) => {
    const key = `${place.api}/${place.segments.join("/")}`;
    const list = lists.get(key) ?? calls.list(workspace, place);
    lists.set(key, list);
    return list;
  };
  const isShown = async (asset: Asset): Promise<boolean> => {
    const look = lookFor(asset);
    if (look === null) {
      return (await calls.read(workspace, { api: "studio", segments: [] })) !== null;
    }
    if ((await listOf(look.list)).some(look.isIt)) return true;
    return look.one !== null && (await calls.read(workspace, look.one)) !== null;
  };
  try {
    const shown: Asset[] = [];
    for (let from = 0; from < assets.length; from += CONCURRENCY) {
      const some = assets.slice(from, from + CONCURRENCY);
      const answers = await Promise.all(some.map(isShown));
      shown.push(...some.filter((_asset, index) => answers[index]));
    }
    return shown;
  } catch (error) {
    if (isWorkspaceGone(error)) return [];
    if (isFreeEnd(error, workspace, assets)) return [];
    throw error;
  }
}

/** Whether a refusal is the end of a workspace outside ARM, which whoever asks has deleted. */
function isFreeEnd(error: unknown, { armId }: Workspace, assets: readonly Asset[]): boolean {
  const isLookedFor = armId === null && assets.some(({ kind }) => kind === "workspace");
  return isLookedFor && isCode(error, "workspace-denied");
}

/** Whether the error says that the workspace is gone, and all that was in it: a guest's data ends with its session. */
export function isWorkspaceGone(error: unknown): boolean {
  return isCode(error, "workspace-not-found") || isCode(error, "guest-workspace-expired");
}

/** Whether the service still shows the asset. */
export async function isThere(
  calls: StudioCalls,
  workspace: Workspace,
  asset: Asset,
): Promise<boolean> {
  return (await remainingInStudio(calls, workspace, [asset])).length > 0;
}
