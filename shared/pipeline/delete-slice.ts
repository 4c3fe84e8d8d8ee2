import { planLineSchema } from "../core/deletion-plan.ts";
import { type ErasureLine, erasureLineSchema, type Intent } from "../core/erasure.ts";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { type Outcome, slicePrefix } from "../core/slice.ts";
import { AppError } from "../errors.ts";
import type { Claim } from "./claim.ts";
import { eachLimited } from "./each-limited.ts";
import { type ErasingSlice, eraseAsset } from "./erase-asset.ts";
import { settleHold } from "./hold.ts";
import { inventoryBlob, reportBlob } from "./layout.ts";
import { parseLines, toLine } from "./ndjson.ts";
import { NO_FAULT } from "./no-fault.ts";
import { sha256Of } from "./sha256.ts";
import { afterSliceFailure } from "./slice-failure.ts";
import type { Stage } from "./stage.ts";
import { linesOf, withSlice } from "./with-slice.ts";

/** A hold waits for the calls that are under way, so they are few. */
const MAX_AT_ONCE = 4;

/**
 * Deletes the assets of one slice and settles it with what the service said of each. What becomes of an asset is
 * stored in its intent at once, so that a later worker asks for nothing twice. Throws what ends the request.
 */
export async function deleteSlice(stage: Stage, message: Message): Promise<void> {
  const request = (await stage.ledger.load(message.requestId))?.value;
  // Without a lease there is one worker less to wait for.
  if (request !== undefined && request.hold !== "none") {
    await settleHold(stage, message.requestId);
    return stage.telemetry.messageStale(message);
  }
  await withSlice(stage, message, work);
}

async function work(stage: Stage, request: PrivacyRequest, claim: Claim): Promise<void> {
  try {
    const intents = await eraseAssets(stage, request, claim);
    await settle(stage, request, claim, intents);
  } catch (error) {
    // The outcomes so far are in the intents.
    await afterSliceFailure(stage, request, claim, null, error);
  }
}

async function eraseAssets(
  stage: Stage,
  request: PrivacyRequest,
  claim: Claim,
): Promise<readonly Intent[]> {
  const isLastTry = claim.slice.failures + 1 >= stage.pace.backoff.maxTries;
  const unfinished = await unfinishedBefore(stage, request);
  const slice: ErasingSlice = { request, claim, isLastTry, unfinished };
  const lines = await linesOf(stage, request, claim.slice, planLineSchema);
  const intents: Intent[] = [];
  const delays: AppError[] = [];
  const atOnce = Math.min(stage.pace.concurrency, MAX_AT_ONCE);
  await eachLimited(lines, atOnce, async ([number, line], index) => {
    // Every call comes to at least one asset.
    if (index > 0 && claim.isTimeUp) throw new AppError("time-up", "The slice goes on later");
    const result = await eraseAsset(stage, slice, line, number);
    if ("delayedBy" in result) delays.push(result.delayedBy);
    else intents.push(result);
  });
  const delay = worst(delays);
  if (delay !== undefined) throw delay;
  return intents.sort((a, b) => a.number - b.number);
}

/** A failure counts as a try; of what only has to wait, the one that has to wait longest. */
function worst(delays: readonly AppError[]): AppError | undefined {
  const weight = ({ code, retryAfterMs = 0 }: AppError) =>
    (NO_FAULT.has(code) ? 0 : Number.MAX_SAFE_INTEGER / 2) + retryAfterMs;
  return [...delays].sort((a, b) => weight(b) - weight(a))[0];
}

/** The assets of earlier phases that were not deleted, each with its workspace. */
async function unfinishedBefore(
  stage: Stage,
  { requestId, generation, phase: present }: PrivacyRequest,
): Promise<ReadonlyMap<string, number>> {
  const ids = new Set<string>();
  for (let phase = 1; phase < present; phase += 1) {
    for await (const slice of stage.slices.done(requestId, slicePrefix(generation, phase))) {
      for (const { assetId, outcome } of slice.outcomes) {
        if (outcome === "failed" || outcome === "blocked-by") ids.add(assetId);
      }
    }
  }
  const places = new Map<string, number>();
  if (ids.size === 0) return places;
  const inventory = await stage.packages.read({ requestId, name: inventoryBlob(generation) });
  for await (const { assetId, workspace } of parseLines(inventory, planLineSchema)) {
    if (ids.has(assetId)) places.set(assetId, workspace);
  }
  return places;
}

async function settle(
  stage: Stage,
  { requestId }: PrivacyRequest,
  claim: Claim,
  intents: readonly Intent[],
): Promise<void> {
  const { sliceId, epoch } = claim.slice;
  const lines = intents.map((intent): ErasureLine => erasureLineSchema.parse(intent));
  const text = lines.map(toLine).join("");
  const report = reportBlob(sliceId, epoch);
  await stage.packages.put({ requestId, name: report }, Buffer.from(text));
  const outcomes = lines.map(outcomeOf);
  const reportSha256 = sha256Of(text);
  await claim.settle({ report, reportSha256, files: 0, bytes: 0, outcomes });
  const failed = outcomes.filter(({ outcome }) => outcome !== "claimed").length;
  stage.telemetry.sliceSettled({ requestId, slice: sliceId, files: 0, bytes: 0, failed });
}

function outcomeOf({ assetId, outcome, reason }: ErasureLine): Outcome {
  return { assetId, outcome, files: 0, bytes: 0, reason };
}
