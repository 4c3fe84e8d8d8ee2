import { owesReceipt } from "../core/receipt-step.ts";
import { isFinal, type PrivacyRequest } from "../core/request.ts";
import type { OpenSlice } from "../core/slice.ts";
import { addMs } from "../core/time.ts";
import { isDestructive } from "../core/workspace-claim.ts";
import { isOver, owesZip } from "../core/zip-step.ts";
import { AppError, isCode, toAppError } from "../errors.ts";
import { errorName } from "../telemetry.ts";
import { commit } from "./commit.ts";
import { failRequest } from "./fail-request.ts";
import { settleHold } from "./hold.ts";
import { issueReceipt } from "./issue-receipt.ts";
import type { Due } from "./ports.ts";
import { relay } from "./relay.ts";
import { GAVE_UP, recoverSlices, resendSlices } from "./resend-slices.ts";
import type { Stage } from "./stage.ts";

/** Finds what a crash left: messages owed, waits that are over, leases that ran out, a last slice unseen. */

const PAGE = 100;

/** Longer than any call can take between adding a due row and the change that needs it. */
const ORPHAN_MS = 60 * 60 * 1000;

/**
 * Looks at every request that is due, once, by the due index alone. Running it twice at once, or after any
 * pause, does no harm. One request that fails does not keep the others from being looked at: it is told, stays
 * due, and is counted in the error that is thrown at the end.
 */
export async function reconcile(stage: Stage): Promise<void> {
  const startedAt = stage.clock.now();
  const isTimeUp = () => stage.clock.now() > addMs(startedAt, stage.pace.stepMs);
  let failed = 0;
  let last: Due | undefined;
  do {
    const due = await stage.dueIndex.until(startedAt, PAGE, last);
    for (const row of due) {
      try {
        await look(stage, row);
      } catch (error) {
        failed += 1;
        tell(stage, row, error);
      }
    }
    last = due.at(-1);
  } while (last !== undefined && !isTimeUp());
  if (failed > 0) throw new AppError("internal", `${failed} requests could not be looked at`);
}

function tell({ telemetry }: Stage, { requestId }: Due, error: unknown): void {
  const { code, cause } = toAppError(error);
  telemetry.lookFailed({ requestId, code, error: errorName(cause) });
}

async function look(stage: Stage, due: Due): Promise<void> {
  const request = (await stage.ledger.load(due.requestId))?.value;
  if (request?.lookAt !== due.lookAt) return removeOrphan(stage, due);
  await stage.list.put(request);
  await relay(stage, request);
  if (isOver(request)) return;
  if (owesReceipt(request)) await issueReceipt(stage, request);
  await carryOnZip(stage, request);
  if (!isFinal(request.state) || request.secondLookAt !== null) await carryOn(stage, request);
  await lookLater(stage, due);
}

/**
 * A row that is not the request's own was left by a crash, or belongs to a change that is being made right
 * now. Only an old one is surely the first.
 */
async function removeOrphan({ dueIndex, clock }: Stage, due: Due): Promise<void> {
  if (addMs(due.lookAt, ORPHAN_MS) <= clock.now()) await dueIndex.remove(due);
}

async function carryOn(stage: Stage, request: PrivacyRequest): Promise<void> {
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
async function carryOnZip(stage: Stage, request: PrivacyRequest): Promise<void> {
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
function isLostAt({ clock, pace }: Stage, { updatedAt }: PrivacyRequest): IsLost {
  const now = clock.now();
  return ({ leaseUntil, sentAt }) =>
    (leaseUntil ?? addMs(sentAt ?? updatedAt, pace.resendAfterMs)) <= now;
}

/** Moves the request's due row on, unless a change did so meanwhile; sends what the look has made owed. */
async function lookLater(stage: Stage, due: Due): Promise<void> {
  const stored = await stage.ledger.load(due.requestId);
  if (stored === null) return;
  if (stored.value.lookAt === due.lookAt) {
    const lookAt = addMs(stage.clock.now(), stage.pace.lookAfterMs);
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
  await relay(stage, stored.value);
}
