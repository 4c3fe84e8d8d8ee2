import { hourOf } from "../core/controls.ts";
import type { Failure, PrivacyRequest } from "../core/request.ts";
import { AppError } from "../errors.ts";
import { commit } from "./commit.ts";
import { takeInventory } from "./deletion-inventory.ts";
import { settleHold } from "./hold.ts";
import { findWorkspaces } from "./inventory.ts";
import { assertNotStopped, capped } from "./may-destroy.ts";
import type { Stage } from "./stage.ts";
import { verifyPackage } from "./verify-package.ts";
import { takeForDeletion } from "./workspace-claims.ts";

/** The gate between approval and the first destructive call. */

const CHANGED: Failure = {
  code: "plan-stale",
  detail: "The workspace changed after its deletion was approved: read the new plan",
};

/**
 * Looks whether an approved deletion may begin: its time has come, nobody stops or holds it, its package is whole,
 * no lock forbids it, no export needs the workspace, and the workspace is what was approved. One that has changed is
 * planned anew and waits for approval again. Returns whether the deletion may begin; throws what makes it wait
 * (`deletions-stopped`, `deletions-capped`, `workspace-locked`, `workspace-busy`) and what ends it.
 */
export async function passGate(stage: Stage, request: PrivacyRequest): Promise<boolean> {
  const { requestId } = request;
  if (request.hold !== "none") await settleHold(stage, requestId);
  if (request.hold !== "none" || request.awaitingIdentity) return false;
  if (await waits(stage, request, request.deletesAt)) return false;
  await assertMayBegin(stage);
  if (request.exportFirst) {
    const verified = await verifyPackage(stage, request, request.verifiedFiles);
    if (verified !== null) return goOnLater(stage, request, verified);
  }
  const workspaces = await findWorkspaces(stage, request);
  await assertNotLocked(stage, request);
  for (const workspace of workspaces) await takeForDeletion(stage, workspace, requestId);
  const { planHash } = await takeInventory(stage, request, workspaces);
  if (planHash === request.plan?.planHash) return true;
  // By then another worker may have replaced it, and people approved the new one: that stands.
  const replaces = { generation: request.generation, because: CHANGED };
  await commit(stage, requestId, { kind: "plan", replaces });
  return false;
}

/** A message that came before its time is sent again for it. */
async function waits(
  stage: Stage,
  { requestId, attempt }: PrivacyRequest,
  until: string | null,
): Promise<boolean> {
  if (until === null || until <= stage.clock.now()) return false;
  await commit(stage, requestId, { kind: "retry", attempt, hasFailed: false, notBefore: until });
  return true;
}

async function goOnLater(
  stage: Stage,
  { requestId, attempt }: PrivacyRequest,
  verifiedFiles: number,
): Promise<false> {
  const again = { kind: "retry", attempt, hasFailed: false, notBefore: null } as const;
  await commit(stage, requestId, { ...again, verifiedFiles });
  return false;
}

async function assertMayBegin(stage: Stage): Promise<void> {
  const { hourlyCap } = await assertNotStopped(stage);
  if (hourlyCap === null) return;
  const spent = await stage.controls.spent(hourOf(stage.clock.now()));
  if (spent >= hourlyCap) throw capped(stage, hourlyCap);
}

async function assertNotLocked({ eraser }: Stage, { plan }: PrivacyRequest): Promise<void> {
  const [lock] = await eraser.blockers(plan?.workspaces ?? []);
  if (lock === undefined) return;
  const { name, level, workspaceId } = lock;
  throw new AppError(
    "workspace-locked",
    `The lock "${name}" (${level}) forbids the deletion of workspace ${workspaceId}: it goes on when an administrator has removed it`,
  );
}
