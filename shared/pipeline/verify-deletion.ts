import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { AppError } from "../errors.ts";
import { commit } from "./commit.ts";
import { storeOutcomes } from "./deletion-outcomes.ts";
import { erasures, partsToLookFor } from "./deletion-parts.ts";
import { look, storedLook } from "./look.ts";
import { planDocument } from "./plan-document.ts";
import { secondLook } from "./second-look.ts";
import type { Stage } from "./stage.ts";

/** Whether all is gone: the service's word for it is a claim. */

/** Waits between looks never grow beyond this. */
const MAX_WAIT_MS = 15 * 60 * 1000;

/** Carries out the step `verify`: the look after a deletion, or the one a while after its end. */
export async function verify(stage: Stage, requestId: string): Promise<void> {
  const request = (await stage.ledger.load(requestId))?.value;
  if (request?.state === "verifying") return verifyDeletion(stage, request);
  if (request !== undefined && request.secondLookAt !== null) await secondLook(stage, request);
}

/**
 * Looks for everything that should be gone. What is still there is looked for again later, since a service may show
 * for a while what it has deleted; after the tries that are set it counts as not deleted. Throws `time-up` when the
 * call is used up: the looks so far are stored.
 */
async function verifyDeletion(stage: Stage, request: PrivacyRequest): Promise<void> {
  const { requestId, looks, plan } = request;
  const until = addMs(stage.clock.now(), stage.pace.stepMs);
  const said = await erasures(stage, request);
  const number = looks + 1;
  let there = 0;
  for await (const { name, lines, ended } of partsToLookFor(stage, request, said)) {
    const before = looks === 0 ? null : await storedLook(stage, requestId, { name, look: looks });
    const left = before?.filter(({ isThere }) => isThere).map(({ assetId }) => assetId);
    const wanted = left === undefined ? lines : lines.filter((line) => left.includes(line.assetId));
    if (stage.clock.now() > until) throw new AppError("time-up", "The look goes on later");
    const part = { name, look: number, ended };
    const found = await look(stage, requestId, part, wanted, plan?.workspaces ?? []);
    there += found.filter(({ isThere }) => isThere).length;
  }
  if (there > 0 && number < stage.pace.verifyTries) {
    const waitsMs = Math.min(stage.pace.verifyBaseMs * 2 ** looks, MAX_WAIT_MS);
    await commit(stage, requestId, { kind: "verify", wakeAt: addMs(stage.clock.now(), waitsMs) });
    return;
  }
  await finish(stage, request, number);
}

async function finish(stage: Stage, request: PrivacyRequest, looks: number): Promise<void> {
  const now = stage.clock.now();
  const result = await storeOutcomes(stage, request, looks);
  const { manualSteps } = await planDocument(stage, request.requestId, request.generation);
  const hasDeleted = result.deleted + result.alreadyGone > 0;
  await commit(stage, request.requestId, {
    kind: "complete",
    exceptions: result.notDeletable + result.blockedBy + result.failed,
    manualSteps: manualSteps.length,
    retention: stage.pace,
    result,
    secondLookAt: hasDeleted ? addMs(now, stage.pace.secondLookMs) : null,
  });
}
