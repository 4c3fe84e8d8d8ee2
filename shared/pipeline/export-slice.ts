import { inventoryLineSchema } from "../core/asset.ts";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { AppError } from "../errors.ts";
import { BlockBuffers } from "./block-buffers.ts";
import type { Claim } from "./claim.ts";
import { eachLimited } from "./each-limited.ts";
import { exportAsset, type SliceWork } from "./export-asset.ts";
import { payloadPrefix } from "./layout.ts";
import { afterSliceFailure } from "./slice-failure.ts";
import { SliceResults } from "./slice-results.ts";
import type { Stage } from "./stage.ts";
import { linesOf, withSlice } from "./with-slice.ts";

/**
 * Exports the assets of one slice and settles it. A message that the ledger has overtaken does nothing. A
 * failure that may pass gives the slice back with a message for later; one that may not ends the asset, and
 * is named in the report. Throws `store-unavailable`, and what ends the request.
 */
export async function exportSlice(stage: Stage, message: Message): Promise<void> {
  await withSlice(stage, message, work);
}

async function work(stage: Stage, request: PrivacyRequest, claim: Claim): Promise<void> {
  const results = await SliceResults.of(stage, request.requestId, claim.slice);
  try {
    await exportAssets(stage, request, claim, results);
    await settle(stage, request, claim, results);
  } catch (error) {
    await afterSliceFailure(stage, request, claim, results, error);
  }
}

async function exportAssets(
  stage: Stage,
  request: PrivacyRequest,
  claim: Claim,
  results: SliceResults,
): Promise<void> {
  const { sliceId, epoch, failures } = claim.slice;
  const stored = epoch === 1 ? [] : await storedNames(stage, request.requestId, sliceId);
  const isLastTry = failures + 1 >= stage.pace.backoff.maxTries;
  const { blockBytes, bufferBytes, concurrency } = stage.pace;
  const buffers = new BlockBuffers(blockBytes, bufferBytes);
  const slice: SliceWork = { request, claim, isLastTry, stored: new Set(stored), buffers, results };
  const delayed: AppError[] = [];
  const left = (await linesOf(stage, request, claim.slice, inventoryLineSchema)).filter(
    ([n]) => !results.has(n),
  );
  await eachLimited(left, concurrency, async ([number, line], index) => {
    // Every call finishes at least one asset, or stages a block of it.
    if (index > 0 && claim.isTimeUp) throw new AppError("time-up", "The slice goes on later");
    const result = await exportAsset(stage, slice, line, number);
    if ("delayedBy" in result) delayed.push(result.delayedBy);
    else results.add(number, result);
    if (!results.isLarge) return;
    const part = await results.putAside(stage, request.requestId, claim.slice);
    if (part !== null) await claim.setAside(part);
  });
  // One asset that has to wait makes the slice come back; what is done by then is not done again.
  const longest = delayed.sort((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0))[0];
  if (longest !== undefined) throw longest;
}

async function storedNames(stage: Stage, requestId: string, sliceId: string): Promise<string[]> {
  const stored = await Array.fromAsync(stage.packages.list(requestId, payloadPrefix(sliceId)));
  return stored.map(({ name }) => name);
}

async function settle(
  stage: Stage,
  { requestId }: PrivacyRequest,
  claim: Claim,
  results: SliceResults,
): Promise<void> {
  const report = await results.report(stage, requestId, claim.slice);
  const { outcomes } = report;
  const files = outcomes.reduce((sum, outcome) => sum + outcome.files, 0);
  const bytes = outcomes.reduce((sum, outcome) => sum + outcome.bytes, 0);
  await claim.settle({ ...report, files, bytes });
  const failed = outcomes.filter(({ outcome }) => outcome === "failed").length;
  stage.telemetry.sliceSettled({ requestId, slice: claim.slice.sliceId, files, bytes, failed });
}
