import type { PlanLine } from "../core/deletion-plan.ts";
import type { Intent } from "../core/erasure.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { AppError, toAppError } from "../errors.ts";
import type { Claim } from "./claim.ts";
import { IntentLog } from "./intent-log.ts";
import { assertMayDestroy } from "./may-destroy.ts";
import { OF_THE_SLICE } from "./of-the-slice.ts";
import type { Erasure } from "./ports.ts";
import type { Stage } from "./stage.ts";
import { assertHoldsNothingNew } from "./workspace-drift.ts";

/** Deletes one asset: the intent first, then a last look, then the call, then its outcome. */

/** What the assets of a slice share. `unfinished` are the assets of earlier phases that were not deleted. */
export type ErasingSlice = {
  readonly request: PrivacyRequest;
  readonly claim: Claim;
  readonly isLastTry: boolean;
  readonly unfinished: ReadonlyMap<string, number>;
};

/**
 * Deletes the asset with that number in its slice and returns its intent, answered; `delayedBy` when it has to be
 * tried or asked for again. Throws what is not the asset's. An intent that was stored before this worker came may have
 * led to a call: what is gone then was deleted by us.
 */
export async function eraseAsset(
  stage: Stage,
  slice: ErasingSlice,
  line: PlanLine,
  number: number,
): Promise<Intent | { readonly delayedBy: AppError }> {
  const { request, claim } = slice;
  const log = await IntentLog.open(stage, request.requestId, claim.slice.sliceId, number, line);
  if (log.intent.state === "answered") return log.intent;
  const blockedBy = blockerOf(slice, line);
  if (blockedBy !== null) return answer(stage, log, { outcome: "blocked-by", reason: blockedBy });
  let hasLeft = false;
  const beforeCall = () => {
    claim.assertLeased();
    hasLeft = true;
  };
  try {
    const erasure = await ask(stage, slice, line, log, beforeCall);
    return await record(stage, log, erasure);
  } catch (error) {
    const failure = toAppError(error);
    if (failure.code === "store-conflict") throw error;
    if (isGone(failure, workspaceOf(request, line), line, log)) {
      return record(stage, log, { is: "gone" });
    }
    // Nothing has left under this intent: should the thing be gone later, it was not us.
    if (!hasLeft && !log.mayHaveRun) await log.save({ state: "withdrawn" });
    else if (log.intent.state === "running") await log.save({ state: "intended", operation: null });
    if (OF_THE_SLICE.has(failure.code)) throw error;
    if (!hasLeft && failure.code === "source-throttled") return { delayedBy: limited(failure) };
    if (failure.isRetryable && !slice.isLastTry) return { delayedBy: failure };
    return answer(stage, log, { outcome: "failed", reason: failure.code });
  }
}

/**
 * Whether a failure says that the workspace itself is gone, before it could even be looked into. Outside ARM it refuses
 * its own token then, which counts only where an earlier worker may have deleted it. The look afterwards is what counts.
 */
function isGone(
  { code }: AppError,
  { armId }: Workspace,
  { kind }: PlanLine,
  { mayHaveRun }: IntentLog,
): boolean {
  if (kind !== "workspace") return false;
  return (
    code === "workspace-not-found" || (code === "workspace-denied" && armId === null && mayHaveRun)
  );
}

/** A call that was kept back for a limit waits its turn, as often as it has to: nothing has failed. */
function limited({ message, retryAfterMs = 1_000 }: AppError): AppError {
  return new AppError("limit-reached", message, { retryAfterMs });
}

/** What it was that needs the asset and is still there; for a workspace, anything in it. */
function blockerOf({ unfinished }: ErasingSlice, line: PlanLine): string | null {
  if (line.kind !== "workspace") return line.neededBy.find((id) => unfinished.has(id)) ?? null;
  const inside = [...unfinished].find(([, workspace]) => workspace === line.workspace);
  return inside?.[0] ?? null;
}

async function ask(
  stage: Stage,
  { request, claim }: ErasingSlice,
  line: PlanLine,
  { intent }: IntentLog,
  beforeCall: () => void,
): Promise<Erasure> {
  const workspace = workspaceOf(request, line);
  if (intent.operation !== null) {
    await claim.alive();
    return stage.eraser.poll(workspace, line, intent.operation);
  }
  if (line.kind === "workspace") await assertHoldsNothingNew(stage, request, workspace);
  await assertMayDestroy(stage, request, claim);
  return stage.eraser.erase(workspace, line, beforeCall);
}

async function record(
  stage: Stage,
  log: IntentLog,
  erasure: Erasure,
): Promise<Intent | { readonly delayedBy: AppError }> {
  switch (erasure.is) {
    case "claimed":
      return answer(stage, log, { outcome: "claimed", evidence: "claimed-by-service" });
    case "gone":
      return log.mayHaveRun
        ? answer(stage, log, { outcome: "claimed", evidence: "confirmed-after-restart" })
        : answer(stage, log, { outcome: "already-gone", evidence: "unknown-to-service" });
    case "running": {
      const { operation, retryAfterMs } = erasure;
      await log.save({ state: "running", operation });
      const message = "The service has not finished deleting";
      return { delayedBy: new AppError("erasure-running", message, { retryAfterMs }) };
    }
  }
}

async function answer(
  { clock }: Pick<Stage, "clock">,
  log: IntentLog,
  answered: Partial<Pick<Intent, "outcome" | "evidence" | "reason">>,
): Promise<Intent> {
  await log.save({ ...answered, state: "answered", answeredAt: clock.now() });
  return log.intent;
}

function workspaceOf({ plan }: PrivacyRequest, line: PlanLine): Workspace {
  const workspace = plan?.workspaces[line.workspace];
  if (workspace === undefined) throw new AppError("internal", "An asset names no workspace");
  return workspace;
}
