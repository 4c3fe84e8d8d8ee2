import type { Asset } from "../core/asset.ts";
import { OUT_OF_REACH } from "../core/out-of-reach.ts";
import type { Workspace } from "../core/request.ts";
import { AppError } from "../errors.ts";
import type { Clock, Eraser, Limiter } from "../pipeline/ports.ts";
import { createArmCalls } from "./arm/calls.ts";
import { leftBehindInArm } from "./arm/left-behind.ts";
import { blockersOf } from "./arm/locks.ts";
import { createArmRemoval } from "./arm/remove.ts";
import type { ArmSender } from "./arm/sender.ts";
import { type ErasureSettings, notErasableBy } from "./erasable.ts";
import type { Transport } from "./http.ts";
import { createStudioCalls } from "./studio-classic/calls.ts";
import { eraseInStudio } from "./studio-classic/erase.ts";
import { remainingInStudio } from "./studio-classic/looks.ts";
import { usesInStudio } from "./studio-classic/uses.ts";
import type { WorkspaceKeys } from "./studio-classic/with-key.ts";

/**
 * What an eraser is made of. `managementUrls` are the origins of the management API by those of the Studio API;
 * `principal` names the identity whose calls ARM counts.
 */
export type EraserParts = {
  readonly transport: Transport;
  readonly keys: WorkspaceKeys;
  readonly managementUrls: ReadonlyMap<string, string>;
  readonly arm: ArmSender;
  readonly limiter: Limiter;
  readonly principal: string;
  readonly clock: Clock;
  readonly settings: ErasureSettings;
};

/**
 * The eraser of Studio (classic) and Azure Resource Manager: resources of ARM are deleted there, everything else
 * through the APIs of the workspace. Beside what `Eraser` says, `erase` throws `workspace-unreadable` when the
 * workspace's storage account cannot be reached. Commitment plans are never deleted, so they always remain.
 */
export function createEraser(parts: EraserParts): Eraser {
  const { clock, settings } = parts;
  const arm = createArmCalls({ ...parts, sender: parts.arm });
  const removal = createArmRemoval({ calls: arm, clock });
  const studio = createStudioCalls(parts);
  return {
    notErasable: (workspace, asset) => notErasableBy(settings, workspace, asset),
    blockers: (workspaces) => blockersOf(arm, workspaces),
    leftBehind: async (workspace) => [
      ...(await leftBehindInArm(arm, workspace)),
      ...LEFT_BEHIND_ANYWAY,
    ],
    uses: (workspace) => usesInStudio(studio, workspace),
    async erase(workspace, asset, beforeCall) {
      const reason = notErasableBy(settings, workspace, asset);
      if (reason !== null) throw new AppError("not-supported", reason.detail);
      return isInArm(workspace, asset)
        ? removal.erase(workspace, asset, beforeCall)
        : eraseInStudio(studio, workspace, asset, beforeCall);
    },
    poll: (workspace, asset, operation) => removal.poll(workspace, asset, operation),
    async remaining(workspace, assets) {
      const remaining = assets.filter(({ kind }) => kind === "commitment-plan");
      for (const asset of assets.filter((one) => isInArm(workspace, one))) {
        if (await removal.isThere(workspace, asset)) remaining.push(asset);
      }
      const inStudio = assets.filter(
        (asset) => asset.kind !== "commitment-plan" && !isInArm(workspace, asset),
      );
      if (inStudio.length === 0) return remaining;
      return [...remaining, ...(await remainingInStudio(studio, workspace, inStudio))];
    },
  };
}

function isInArm({ armId }: Workspace, { kind }: Asset): boolean {
  return kind === "arm-web-service" || (kind === "workspace" && armId !== null);
}

/** What no deletion of a workspace reaches; the storage account is told of by its name where there is one. */
const LEFT_BEHIND_ANYWAY: readonly string[] = [
  ...OUT_OF_REACH.filter(
    ({ title }) => title !== "Blobs in the customer's own storage account",
  ).map(({ title, reason }) => `${title}: ${reason}`),
  "Copies that were made by packing experiments into other workspaces, and names of people on assets of others.",
];
