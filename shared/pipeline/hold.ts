import type { PrivacyRequest } from "../core/request.ts";
import { isExporting } from "../core/rules.ts";
import { generationPrefix, isLeased } from "../core/slice.ts";
import { isDestructive } from "../core/workspace-claim.ts";
import { AppError } from "../errors.ts";
import { commit } from "./commit.ts";
import { noteOf } from "./decide-request.ts";
import { relay } from "./relay.ts";
import { resendSlices } from "./resend-slices.ts";
import type { OwnStage } from "./stage.ts";

/**
 * Holds a deletion. A worker with a live lease may have passed its last look at the request, so the hold is in the
 * making until no lease is live. A worker whose lease is over by its own clock starts no call, and one that takes a
 * lease later looks at the request first: from `holdEffectiveAt` on, no destructive call starts.
 */

const PAGE = 100;

/** Places a hold on a request; it takes effect at once when nobody works on it. Throws `state-conflict`. */
export async function holdRequest(
  stage: OwnStage,
  requestId: string,
  reason: string,
  actor: string,
): Promise<PrivacyRequest> {
  const note = noteOf(reason);
  await commit(stage, requestId, { kind: "hold", isQuiet: false, note }, actor);
  return settleHold(stage, requestId);
}

/** Ends a hold; what it kept from going on goes on. Throws `state-conflict`. */
export async function releaseRequest(
  stage: OwnStage,
  requestId: string,
  reason: string,
  actor: string,
): Promise<PrivacyRequest> {
  const release = { kind: "release", note: noteOf(reason) } as const;
  const request = await commit(stage, requestId, release, actor);
  await goOn(stage, request);
  return request;
}

/**
 * Brings a hold into effect if no lease is live any more. For a request that was released meanwhile, sends again
 * what was given back in between. Returns the request as it is then.
 */
export async function settleHold(stage: OwnStage, requestId: string): Promise<PrivacyRequest> {
  const request = (await stage.ledger.load(requestId))?.value;
  if (request === undefined) throw new AppError("not-found", `There is no request ${requestId}`);
  if (request.hold === "none") await goOn(stage, request);
  if (request.hold !== "holding" || (await isWorkedOn(stage, request))) return request;
  return commit(stage, requestId, { kind: "hold", isQuiet: true });
}

/** Whether a worker has a lease on a slice of the deletion. */
async function isWorkedOn(
  { slices, clock }: Pick<OwnStage, "slices" | "clock">,
  request: PrivacyRequest,
): Promise<boolean> {
  if (!isDestructive(request)) return false;
  let after = "";
  for (;;) {
    const prefix = generationPrefix(request.generation);
    const open = await slices.open(request.requestId, prefix, after, PAGE);
    if (open.some(({ value }) => isLeased(value, clock.now()))) return true;
    const last = open.at(-1);
    if (last === undefined || open.length < PAGE) return false;
    after = last.value.sliceId;
  }
}

async function goOn(stage: OwnStage, request: PrivacyRequest): Promise<void> {
  if (request.state !== "running" || isExporting(request)) return;
  await resendSlices(stage, request);
  await relay(stage, request);
}
