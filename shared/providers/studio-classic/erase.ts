import type { Asset } from "../../core/asset.ts";
import { ASSET_REGISTRY } from "../../core/asset-registry.ts";
import type { Workspace } from "../../core/request.ts";
import { AppError } from "../../errors.ts";
import type { Erasure } from "../../pipeline/ports.ts";
import { failureOf } from "../failure.ts";
import type { TextAnswer } from "../http.ts";
import { parseShape } from "../json.ts";
import type { Place, StudioCalls } from "./calls.ts";
import { isThere, isWorkspaceGone } from "./looks.ts";
import { deletePlace } from "./places.ts";
import { workspaceSettingsSchema } from "./shapes.ts";

const GONE: ReadonlySet<number> = new Set([404, 410]);
/** Answers that may mean that there is nothing to delete, or no such call. */
const UNSURE: ReadonlySet<number> = new Set([400, 404, 405, 410]);

/**
 * Asks the Studio API, or that of its web services, to delete an asset. A refusal with 400 is tried once more: the
 * service did that to a client that deleted data sets in public, and took the call the second time
 * (https://github.com/RevolutionAnalytics/AzureML). What it answers for a thing that is gone was never recorded, so
 * the asset is looked for where the answer can mean something else.
 *
 * Throws `workspace-unreadable` when the workspace's storage account cannot be reached, `not-supported` when the
 * service does not know the call, `plan-stale` for another workspace than was planned.
 */
export async function eraseInStudio(
  calls: StudioCalls,
  workspace: Workspace,
  asset: Asset,
  beforeCall: () => void,
): Promise<Erasure> {
  const place = deletePlace(workspace, asset);
  try {
    if (asset.kind === "workspace" && !(await isPlanned(calls, workspace, place))) {
      return { is: "gone" };
    }
    let answer = await calls.remove(workspace, place, beforeCall);
    if (answer.status === 400) answer = await calls.remove(workspace, place, beforeCall);
    if (answer.status >= 200 && answer.status <= 299) return { is: "claimed" };
    if (isProven(asset) && GONE.has(answer.status)) return { is: "gone" };
    const isGone = UNSURE.has(answer.status) && !(await isThere(calls, workspace, asset));
    if (isGone) return { is: "gone" };
    throw refusal(answer);
  } catch (error) {
    if (isWorkspaceGone(error)) return { is: "gone" };
    throw error;
  }
}

/** Whether a 404 can only be about the asset, because the call itself is known: not for a run without its experiment. */
function isProven({ kind, sourceId }: Asset): boolean {
  const way = ASSET_REGISTRY[kind].delete;
  const isKnown = kind !== "workspace" && !sourceId.includes(".s-id.");
  return isKnown && "phase" in way && way.isProven;
}

function refusal(answer: TextAnswer): AppError {
  const failure = failureOf(answer);
  if (answer.status !== 405 && failure.code !== "asset-not-found") return failure;
  return new AppError("not-supported", "The service does not take the call that would delete it", {
    cause: failure,
  });
}

/** Whether the workspace is there; it must be the planned one. */
async function isPlanned(calls: StudioCalls, workspace: Workspace, place: Place): Promise<boolean> {
  const found = await calls.read(workspace, place);
  if (found === null) return false;
  const { CreatedTime } = parseShape(workspaceSettingsSchema, found);
  const { createdAt } = workspace;
  if (CreatedTime === null || createdAt === null || CreatedTime === createdAt) return true;
  throw new AppError("plan-stale", "The workspace is another one than was planned");
}
