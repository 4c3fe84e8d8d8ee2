import type { Asset } from "../../../shared/core/asset.ts";
import { deleteWayOf } from "../../../shared/core/asset-registry.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import type {
  AssetKey,
  Blocker,
  Clock,
  Eraser,
  Erasure,
  NotErasable,
  Use,
} from "../../../shared/pipeline/ports.ts";
import type { MemorySource } from "./source.ts";

/** A destructive call that left, and when. */
export type ErasureCall = AssetKey & { readonly at: string };

/** Deletes from a memory source, with the troubles a test gives it. */
export interface MemoryEraser extends Eraser {
  /** Every destructive call that left. */
  readonly calls: ErasureCall[];
  /** Whether the service says that it deleted this asset and keeps it. */
  lies: (asset: Asset) => boolean;
  /** How long a deleted asset is shown still. */
  lagMs: number;
  /** How often the service says that it is still deleting. */
  polls: number;
  locks: Blocker[];
  allUses: Use[];
  refuses: (asset: Asset) => NotErasable | null;
  /** Called before a call may leave, as tokens, limits and looks at the thing come before it; may throw or wait. */
  onAsk: (asset: Asset) => void | Promise<void>;
  /** Called once the asset is deleted, before the answer; a promise that never ends is a worker that dies. */
  onErased: (asset: Asset) => void | Promise<void>;
}

/** An eraser for the assets of that source; deleting its workspace deletes them all. */
export function memoryEraser(source: MemorySource, clock: Clock): MemoryEraser {
  const shownUntil = new Map<string, { asset: Asset; until: string }>();
  const running = new Map<string, number>();
  const eraser: MemoryEraser = {
    calls: [],
    lies: () => false,
    lagMs: 0,
    polls: 0,
    locks: [],
    allUses: [],
    refuses: () => null,
    onAsk: () => undefined,
    onErased: () => undefined,
    notErasable: (_workspace, asset) => {
      const rule = deleteWayOf(asset);
      if ("not" in rule) return { why: "not-deletable", detail: `${rule.not}.` };
      if ("with" in rule) return { why: "goes-with", detail: `It goes with its ${rule.with}.` };
      return eraser.refuses(asset);
    },
    blockers: async () => eraser.locks,
    leftBehind: async () => ["Blobs in the storage account of the workspace."],
    uses: async function* () {
      yield* eraser.allUses;
    },
    erase: async (workspace, asset, beforeCall) => {
      const reason = eraser.notErasable(workspace, asset);
      if (reason !== null) throw new AppError("not-supported", reason.detail);
      if (isForeign(workspace, asset)) {
        throw new AppError("outbound-refused", "The asset is none of the workspace's own");
      }
      await eraser.onAsk(asset);
      await source.pause();
      if (workspace.workspaceId !== source.workspace.workspaceId) {
        throw new AppError("plan-stale", "The workspace is another one than was planned");
      }
      beforeCall();
      eraser.calls.push({ kind: asset.kind, sourceId: asset.sourceId, at: clock.now() });
      const isThere = isShown(source, asset);
      if (isThere && !eraser.lies(asset)) remove(asset);
      await eraser.onErased(asset);
      if (!isThere) return { is: "gone" };
      if (eraser.polls === 0) return { is: "claimed" };
      running.set(asset.sourceId, eraser.polls);
      return { is: "running", operation: `operation-${asset.sourceId}`, retryAfterMs: 5_000 };
    },
    poll: async (_workspace, { sourceId }, operation): Promise<Erasure> => {
      const left = (running.get(sourceId) ?? 0) - 1;
      running.set(sourceId, left);
      if (left <= 0) return { is: "claimed" };
      return { is: "running", operation, retryAfterMs: 5_000 };
    },
    remaining: async (_workspace, assets) =>
      assets.filter((asset) => {
        const shown = shownUntil.get(`${asset.kind} ${asset.sourceId}`);
        return isShown(source, asset) || (shown !== undefined && shown.until > clock.now());
      }),
  };
  const remove = (asset: Asset) => {
    const until = new Date(Date.parse(clock.now()) + eraser.lagMs).toISOString();
    shownUntil.set(`${asset.kind} ${asset.sourceId}`, { asset, until });
    if (asset.kind === "workspace") source.isWorkspaceGone = true;
    const isLeft = (other: Asset) =>
      asset.kind === "workspace" ? false : other.sourceId !== asset.sourceId;
    source.assets.splice(
      0,
      source.assets.length,
      ...source.assets.filter((other) => isLeft(other.asset)),
    );
  };
  return eraser;
}

/** Ids that name a workspace name their own. */
function isForeign({ workspaceId }: Workspace, { sourceId }: Asset): boolean {
  return /^[0-9a-f]{32}\./.test(sourceId) && !sourceId.startsWith(workspaceId);
}

function isShown(source: MemorySource, { kind, sourceId }: Asset): boolean {
  if (kind === "workspace") return !source.isWorkspaceGone;
  return source.assets.some(({ asset }) => asset.kind === kind && asset.sourceId === sourceId);
}
