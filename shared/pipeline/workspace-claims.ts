import { createHash } from "node:crypto";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { parseWorkspaceRef, type Scope, type WorkspaceRef } from "../core/scope.ts";
import {
  isDestructive,
  NO_CLAIM,
  readsWorkspaces,
  type WorkspaceClaim,
} from "../core/workspace-claim.ts";
import { AppError, isCode } from "../errors.ts";
import type { Stage } from "./stage.ts";

/**
 * One workspace, one destructive owner. A claim is a note of a request's id; whether it still holds is asked of the
 * ledger, so that a request that ended, or died, keeps nobody out.
 */

type Claiming = Pick<Stage, "claims" | "ledger" | "pace">;

/** Notes that the request exports the workspace. Throws `workspace-being-deleted` once its deletion has begun. */
export async function enterExport(
  stage: Claiming,
  { workspaceId }: Workspace,
  requestId: string,
): Promise<void> {
  await change(stage, workspaceId, async ({ exports, deletion }) => {
    const isTaken = deletion !== requestId && (await holds(stage, deletion, isDestructive));
    if (isTaken) throw beingDeleted();
    return { exports: [...(await reading(stage, exports, requestId)), requestId], deletion: null };
  });
}

/**
 * Takes the workspace for a deletion; from then on no export of it begins. Throws `workspace-busy` while another
 * deletion has it, or exports of it are not sealed.
 */
export async function takeForDeletion(
  stage: Claiming,
  workspace: Workspace,
  requestId: string,
): Promise<void> {
  let others: readonly string[] = [];
  const take = async ({ exports, deletion }: WorkspaceClaim): Promise<WorkspaceClaim> => {
    if (deletion !== requestId && (await holds(stage, deletion, isDestructive))) {
      throw busy(stage, "Another deletion has the workspace");
    }
    others = await reading(stage, exports, requestId);
    return { exports: [...others], deletion: requestId };
  };
  await change(stage, workspace.workspaceId, take);
  if (others.length > 0) {
    throw busy(stage, `${others.length} exports of the workspace are not sealed yet`);
  }
  // Callers name a workspace by its ARM id too.
  if (workspace.armId !== null) await change(stage, armKey(workspace.armId), take);
}

/** Throws `workspace-being-deleted` when the deletion of a workspace that the scope names has begun. */
export async function assertNotBeingDeleted(
  stage: Pick<Stage, "claims" | "ledger">,
  scope: Scope,
): Promise<void> {
  const refs = "workspaces" in scope ? scope.workspaces.map(parseWorkspaceRef) : [];
  for (const ref of refs) {
    const claim = ref === null ? null : await stage.claims.load(keyOf(ref));
    if (await holds(stage, claim?.value.deletion ?? null, isDestructive)) throw beingDeleted();
  }
}

function keyOf(ref: WorkspaceRef): string {
  return ref.by === "workspace-id" ? ref.workspaceId : armKey(ref.armId);
}

function armKey(armId: string): string {
  return createHash("sha256").update(armId.toLowerCase()).digest("hex").slice(0, 32);
}

/** Stores every change, even one that changes nothing: who judged by the version before has to judge again. */
async function change(
  { claims }: Claiming,
  key: string,
  decide: (claim: WorkspaceClaim) => Promise<WorkspaceClaim>,
): Promise<void> {
  for (;;) {
    const stored = await claims.load(key);
    const next = await decide(stored?.value ?? NO_CLAIM);
    try {
      await claims.save(key, next, stored?.version ?? null);
      return;
    } catch (error) {
      if (!isCode(error, "store-conflict")) throw error;
    }
  }
}

async function reading(
  stage: Pick<Stage, "ledger">,
  exports: readonly string[],
  requestId: string,
): Promise<string[]> {
  const others: string[] = [];
  for (const id of exports) {
    if (id !== requestId && (await holds(stage, id, readsWorkspaces))) others.push(id);
  }
  return others;
}

async function holds(
  { ledger }: Pick<Stage, "ledger">,
  requestId: string | null,
  does: (request: PrivacyRequest) => boolean,
): Promise<boolean> {
  const stored = requestId === null ? null : await ledger.load(requestId);
  return stored !== null && does(stored.value);
}

function beingDeleted(): AppError {
  return new AppError(
    "workspace-being-deleted",
    "The workspace is being deleted: no export of it can begin any more",
  );
}

function busy({ pace }: Pick<Stage, "pace">, message: string): AppError {
  return new AppError("workspace-busy", message, { retryAfterMs: pace.lookAfterMs });
}
