import { owesReceipt } from "../core/receipt-step.ts";
import { isFinal, type PrivacyRequest } from "../core/request.ts";
import type { OpenSlice } from "../core/slice.ts";
import { addMs } from "../core/time.ts";
import { isDestructive } from "../core/workspace-claim.ts";
import { isOver, owesZip } from "../core/zip-step.ts";
import { isCode } from "../errors.ts";
import { commit } from "./commit.ts";
import { nextLookAt, removeOrphan } from "./due-rows.ts";
import { eachDue, type Upkeep } from "./each-due.ts";
import { failRequest } from "./fail-request.ts";
import { settleHold } from "./hold.ts";
import { issueReceipt } from "./issue-receipt.ts";
import type { Due } from "./ports.ts";
import { relay } from "./relay.ts";
import { GAVE_UP, recoverSlices, resendSlices } from "./resend-slices.ts";
import type { OwnStage } from "./stage.ts";

/** Finds what a crash left: messages owed, waits that are over, leases that ran out, a last slice unseen. */

/**
 * Looks at every request that is due, once, by the due index alone. Running it twice at once, or after any
 * pause, does no harm. One request that fails does not keep the others from being looked at: it is told, stays
 * due, and is counted.
 */
export function reconcile(stage: OwnStage, withinMs = stage.pace.stepMs): Promise<Upkeep> {
  return eachDue(stage, stage.dueIndex, { limit: 1, withinMs }, (due) => look(stage, due));
}

async function look(stage: OwnStage, due: Due): Promise<void> {
  const request = (await stage.ledger.load(due.requestId))?.value;
  if (request?.lookAt !== due.lookAt) {
    return removeOrphan(stage.dueIndex, stage.clock, due);
  }
  await stage.list.put(request);
  await relay(stage, request);
  if (isOver(request)) return;
  if (owesReceipt(request)) await issueReceipt(stage, request);
  await carryOnZip(stage, request);
  if (!isFinal(request.state) || request.secondLookAt !== null) await carryOn(stage, request);
  await lookLater(stage, due);
}

async function carryOn(stage: OwnStage, request: PrivacyRequest): Promise<void> {
  const { requestId, state, attempt, tries } = request;
  const now = stage.clock.now();
  if (request.hold === "holding") await settleHold(stage, requestId);
  if (isKeptWaiting(request)) return;
  if (state === "blocked") {
    if (request.wakeAt === null || request.wakeAt > now) return;
    if (request.failure?.code === "deletions-stopped" && (await stage.controls.read()).stopped)
      return;
    const unblocked = await commit(stage, requestId, { kind: "unblock" });
    if (unblocked.state === "running") await resendSlices(stage, unblocked);
    return;
  }
  if (state === "running") await recoverSlices(stage, request, isLostAt(stage, request));
  const lostAt = addMs(request.wakeAt ?? request.updatedAt, stage.pace.resendAfterMs);
  if (lostAt > now) return;
  // A worker that died in its step has tried; a message that was lost has not.
  const hasFailed = state === "planning" || state === "sealing" || state === "verifying";
  if (hasFailed && tries + 1 >= stage.pace.backoff.maxTries) {
    return failRequest(stage, requestId, attempt, GAVE_UP);
  }
  await commit(stage, requestId, { kind: "retry", attempt, hasFailed, notBefore: null });
}

/** A zip whose worker, or message, was lost is asked for again. */
async function carryOnZip(stage: OwnStage, request: PrivacyRequest): Promise<void> {
  const { requestId, zip } = request;
  const { backoff, resendAfterMs } = stage.pace;
  if (zip === null || !owesZip(request)) return;
  if (addMs(zip.sentAt, resendAfterMs) > stage.clock.now()) return;
  const { attempt, tries } = zip;
  const { code, message: detail } = GAVE_UP;
  await commit(
    stage,
    requestId,
    tries + 1 < backoff.maxTries
      ? { kind: "zip", attempt, hasFailed: true, notBefore: null }
      : { kind: "zipped", result: { code, detail } },
  );
}

/** A deletion that is held, or waits for an identity, goes on when a person says so. */
function isKeptWaiting(request: PrivacyRequest): boolean {
  const isVerifying = request.state === "verifying";
  const isWaiting = request.hold !== "none" || request.awaitingIdentity;
  return isDestructive(request) && !isVerifying && isWaiting;
}

type IsLost = (slice: OpenSlice) => boolean;

/** A slice is lost when its lease, or the time in which a message comes, is over. */
function isLostAt({ clock, pace }: OwnStage, { updatedAt }: PrivacyRequest): IsLost {
  const now = clock.now();
  return ({ leaseUntil, sentAt }) =>
    (leaseUntil ?? addMs(sentAt ?? updatedAt, pace.resendAfterMs)) <= now;
}

/** Sends what the look has made owed; then moves the request's due row on, unless a change did so meanwhile. */
async function lookLater(stage: OwnStage, due: Due): Promise<void> {
  const stored = await stage.ledger.load(due.requestId);
  if (stored === null) return;
  await relay(stage, stored.value);
  if (stored.value.lookAt !== due.lookAt || isOver(stored.value)) return;
  const times = { at: stage.clock.now(), lookAfterMs: stage.pace.lookAfterMs };
  const lookAt = nextLookAt(stored.value, times);
  await stage.dueIndex.add({ lookAt, requestId: due.requestId });
  try {
    const request = { ...stored.value, lookAt };
    await stage.ledger.save({ request, history: [], owed: null }, stored.version);
  } catch (error) {
    // A change came in between. Whichever row is its own, none is taken away from it.
    if (!isCode(error, "store-conflict")) throw error;
    return;
  }
  await stage.dueIndex.remove(due);
}
