import { eraseAtOf } from "../core/expiry.ts";
import { owesReceipt } from "../core/receipt-step.ts";
import { expiresAtOf, isRegistered, type Registration } from "../core/registration.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { AppError, isCode, toAppError } from "../errors.ts";
import { errorName } from "../telemetry.ts";
import { commit } from "./commit.ts";
import { removeOrphan } from "./due-rows.ts";
import { eachDue, together, type Upkeep } from "./each-due.ts";
import { issueReceipt } from "./issue-receipt.ts";
import type { Due, Stored } from "./ports.ts";
import type { RegistrationStage } from "./registrations.ts";
import { forgetWorkspace } from "./remove-workspace.ts";
import type { OwnStage } from "./stage.ts";

/**
 * Removes what requests that have ended hold, when its time is over: first the container with the package, which is
 * looked for once more in a later run; then the personal data of the request itself. It works from the purge index.
 */

/** So many containers are removed at a time: 5,000 take a minute or two, and the account is not flooded. */
const AT_ONCE = 16;

/** What the purge needs. */
export type PurgeStage = OwnStage & Pick<RegistrationStage, "registry" | "vault">;

/**
 * Purges everything that is due. Two runs at once remove each package once: a run claims it first, by compare-and-swap;
 * a claim of a run that died ends by itself. What is not done within `withinMs` is done in the next run.
 */
export async function purgeExpired(
  stage: PurgeStage,
  withinMs = stage.pace.stepMs,
): Promise<Upkeep> {
  const requests = await eachDue(stage, stage.purgeIndex, { limit: AT_ONCE, withinMs }, (due) =>
    tidy(stage, due),
  );
  return together(requests, await forgetEndedGuests(stage));
}

async function tidy(stage: PurgeStage, due: Due): Promise<void> {
  let stored = await stage.ledger.load(due.requestId);
  if (stored?.value.tidyAt !== due.lookAt) {
    return removeOrphan(stage.purgeIndex, stage.clock, due);
  }
  // A deletion is looked at once more by what its container holds.
  if (stored.value.secondLookAt !== null) return;
  if (stored.value.purgedAt === null && owesReceipt(stored.value)) {
    stored = await withReceipt(stage, stored);
  }
  if (stored.value.purgedAt === null) return removeContent(stage, stored);
  await assertGone(stage, due.requestId);
  if (eraseAtOf(stored.value, stage.pace) <= stage.clock.now()) {
    await commit(stage, due.requestId, { kind: "erase" });
    return;
  }
  await eraseLater(stage, stored);
}

/** A receipt is waited for so long, and no longer: the data has to go. */
const RECEIPT_WAIT_MS = 24 * 60 * 60 * 1000;

/**
 * The receipt is made of what the container holds, so it comes first. One that can't be made any more, or not within a
 * day, keeps nobody's data: that is told, and the purge goes on. Throws what may pass.
 */
async function withReceipt(
  stage: PurgeStage,
  stored: Stored<PrivacyRequest>,
): Promise<Stored<PrivacyRequest>> {
  const { requestId, tidyAt } = stored.value;
  const isOverdue = tidyAt !== null && addMs(tidyAt, RECEIPT_WAIT_MS) <= stage.clock.now();
  try {
    await issueReceipt(stage, stored.value);
  } catch (error) {
    const { code, cause, isRetryable } = toAppError(error);
    if (isRetryable && !isOverdue) throw error;
    stage.telemetry.lookFailed({ requestId, code, error: errorName(cause) });
  }
  return (await stage.ledger.load(requestId)) ?? stored;
}

async function removeContent(
  stage: PurgeStage,
  { value, version }: Stored<PrivacyRequest>,
): Promise<void> {
  const now = stage.clock.now();
  if (value.purgingUntil !== null && value.purgingUntil > now) return;
  const purgingUntil = addMs(now, stage.pace.leaseMs);
  if (!(await saved(stage, { ...value, purgingUntil }, version))) return;
  await stage.packages.purge(value.requestId);
  await commit(stage, value.requestId, { kind: "purge" });
}

/** Whatever a worker that nobody knew of has written since goes as well. Throws `store-unavailable`. */
async function assertGone({ packages }: PurgeStage, requestId: string): Promise<void> {
  await packages.purge(requestId);
  for await (const _ of packages.list(requestId, "")) {
    throw new AppError("store-unavailable", "The container of a package is still being removed");
  }
}

/** The content is gone for good: the request is looked at again when its own personal data has to go. */
async function eraseLater(
  stage: PurgeStage,
  { value, version }: Stored<PrivacyRequest>,
): Promise<void> {
  const { requestId, tidyAt: lookAt } = value;
  const tidyAt = eraseAtOf(value, stage.pace);
  await stage.purgeIndex.add({ lookAt: tidyAt, requestId });
  if (!(await saved(stage, { ...value, tidyAt }, version))) return;
  if (lookAt !== null && lookAt !== tidyAt) await stage.purgeIndex.remove({ lookAt, requestId });
}

/** Whether the request could be stored; false when somebody else has changed it. */
async function saved(
  stage: PurgeStage,
  request: PrivacyRequest,
  version: string,
): Promise<boolean> {
  try {
    await stage.ledger.save({ request, history: [], owed: null }, version);
    return true;
  } catch (error) {
    if (!isCode(error, "store-conflict")) throw error;
    return false;
  }
}

/**
 * Forgets the guest workspaces that have ended, and purges their tokens. Registrations are few. One that fails keeps
 * none of the others; it is told and counted. Of one that is half done the timer `tidyRegistrations` does the rest.
 */
async function forgetEndedGuests(stage: PurgeStage): Promise<Upkeep> {
  let [looked, failed] = [0, 0];
  for await (const { value } of stage.registry.list()) {
    if (!isRegistered(value) || !hasEnded(stage, value)) continue;
    looked += 1;
    try {
      await forgetWorkspace(
        stage,
        value.workspaceId,
        (now) => isRegistered(now) && hasEnded(stage, now),
      );
    } catch (error) {
      failed += 1;
      const { workspaceId } = value;
      const { code, cause } = toAppError(error);
      stage.telemetry.forgetFailed({ workspaceId, code, error: errorName(cause) });
    }
  }
  return { looked, failed, hasMore: false };
}

/** Whether the workspace has ended; one whose beginning nobody knows cannot outlive its registration by more. */
function hasEnded(
  { clock, pace }: PurgeStage,
  { accountType, createdAt, registeredAt }: Registration,
): boolean {
  const endsAt = expiresAtOf({ accountType, createdAt: createdAt ?? registeredAt });
  return endsAt !== null && addMs(endsAt, pace.leaseMs) <= clock.now();
}
