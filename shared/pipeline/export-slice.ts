import { type InventoryLine, inventoryLineSchema } from "../core/asset.ts";
import { waitMs } from "../core/backoff.ts";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { isLeased, type OpenSlice, type ReportLine, resent, slicePrefix } from "../core/slice.ts";
import { addMs } from "../core/time.ts";
import { type AppError, isCode, toAppError } from "../errors.ts";
import { Claim } from "./claim.ts";
import { eachLimited } from "./each-limited.ts";
import { type AssetResult, exportAsset, type SliceWork } from "./export-asset.ts";
import { inventoryBlob, payloadPrefix, reportBlob } from "./layout.ts";
import { parseLines, toLine } from "./ndjson.ts";
import type { Owed } from "./ports.ts";
import { relay } from "./relay.ts";
import { settleIfLast } from "./settle-phase.ts";
import { sha256Of } from "./sha256.ts";
import type { Stage } from "./stage.ts";

/**
 * Exports the assets of one slice and settles it. A message that the ledger has overtaken does nothing. A
 * failure that may pass gives the slice back with a message for later; one that may not ends the asset, and
 * is named in the report. Throws `store-unavailable`, and what is unforeseen.
 */
export async function exportSlice(stage: Stage, message: Message): Promise<void> {
  const { requestId, slice: sliceId } = message;
  const request = (await stage.ledger.load(requestId))?.value;
  if (request?.state !== "running") return stage.telemetry.messageStale(message);
  const { generation, phase } = request;
  if (!sliceId.startsWith(slicePrefix(generation, phase))) {
    return stage.telemetry.messageStale(message);
  }
  const stored = await stage.slices.load(requestId, sliceId);
  if (stored === null) return settleIfLast(stage, requestId, generation, phase);
  if (stored.value.attempt !== message.attempt) return stage.telemetry.messageStale(message);
  try {
    if (isLeased(stored.value, stage.clock.now())) return await comeBack(stage, request, stored);
    const claim = await Claim.take(stage, requestId, stored);
    await work(stage, request, claim);
    await settleIfLast(stage, requestId, generation, phase);
  } catch (error) {
    // Another worker holds the slice now: it is in good hands.
    if (!isCode(error, "store-conflict")) throw error;
    stage.telemetry.messageStale(message);
  }
}

/** Another worker holds the slice, or died holding it: a message looks again when its lease is over. */
async function comeBack(
  stage: Stage,
  request: PrivacyRequest,
  { value, version }: { value: OpenSlice; version: string },
): Promise<void> {
  const slice = resent(value, stage.clock.now());
  await stage.slices.save(
    request.requestId,
    slice,
    version,
    owedFor(request, slice, slice.leaseUntil),
  );
  await relay(stage, request);
}

async function work(stage: Stage, request: PrivacyRequest, claim: Claim): Promise<void> {
  try {
    const results = await exportAssets(stage, request, claim);
    await settle(stage, request, claim, results);
  } catch (error) {
    const failure = toAppError(error);
    if (!failure.isRetryable || failure.code === "internal") throw error;
    if (failure.code === "store-conflict") throw failure;
    await giveBack(stage, request, claim, failure);
  }
}

async function exportAssets(
  stage: Stage,
  request: PrivacyRequest,
  claim: Claim,
): Promise<AssetResult[]> {
  const { requestId } = request;
  const { sliceId, lines: range, epoch, failures } = claim.slice;
  const lines: InventoryLine[] = [];
  const inventory = { requestId, name: inventoryBlob(request.generation) };
  const bytes = await stage.packages.read(inventory, range);
  for await (const line of parseLines(bytes, inventoryLineSchema)) lines.push(line);
  const isLastTry = failures + 1 >= stage.pace.backoff.maxTries;
  const slice: SliceWork = {
    request,
    claim,
    isLastTry,
    stored: new Set(epoch === 1 ? [] : await storedNames(stage, requestId, sliceId)),
  };
  const results: AssetResult[] = [];
  const delayed: AppError[] = [];
  await eachLimited(lines, stage.pace.concurrency, async (line, index) => {
    const result = await exportAsset(stage, slice, line, index);
    if ("delayedBy" in result) delayed.push(result.delayedBy);
    else results[index] = result;
  });
  // One asset that has to wait makes the slice come back; what is stored by then is not fetched again.
  const longest = delayed.sort((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0))[0];
  if (longest !== undefined) throw longest;
  return results;
}

async function storedNames(stage: Stage, requestId: string, sliceId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of stage.packages.list(requestId, payloadPrefix(sliceId))) {
    names.push(name);
  }
  return names;
}

async function settle(
  stage: Stage,
  { requestId }: PrivacyRequest,
  claim: Claim,
  results: readonly AssetResult[],
): Promise<void> {
  const { sliceId, epoch } = claim.slice;
  const outcomes = results.map(({ outcome }) => outcome);
  const lines = results.flatMap((result) => result.lines).sort(byBlob);
  const report = Buffer.from(lines.map(toLine).join(""));
  const name = reportBlob(sliceId, epoch);
  await stage.packages.put({ requestId, name }, report);
  const sum = (field: "files" | "bytes") => outcomes.reduce((total, o) => total + o[field], 0);
  const done = { report: name, reportSha256: sha256Of(report), outcomes };
  await claim.settle({ ...done, files: sum("files"), bytes: sum("bytes") });
  stage.telemetry.sliceSettled({
    requestId,
    slice: sliceId,
    files: sum("files"),
    bytes: sum("bytes"),
    failed: outcomes.filter(({ outcome }) => outcome === "failed").length,
  });
}

async function giveBack(
  stage: Stage,
  request: PrivacyRequest,
  claim: Claim,
  failure: AppError,
): Promise<void> {
  const isTimeUp = failure.code === "time-up";
  const delayMs = isTimeUp
    ? 0
    : waitMs(stage.pace.backoff, claim.slice.failures, stage.random(), failure.retryAfterMs);
  const notBefore = isTimeUp ? null : addMs(stage.clock.now(), delayMs);
  await claim.giveBack(!isTimeUp, (slice) => owedFor(request, slice, notBefore));
  const { requestId } = request;
  stage.telemetry.stepDelayed({
    requestId,
    step: "export",
    slice: claim.slice.sliceId,
    code: failure.code,
    waitMs: delayMs,
  });
  await relay(stage, request);
}

/** Exceptions first, then files as their blobs are listed. */
function byBlob(a: ReportLine, b: ReportLine): number {
  const [left, right] = [a, b].map((line) => (line.type === "file" ? line.blob : ""));
  return left === right ? 0 : (left ?? "") < (right ?? "") ? -1 : 1;
}

function owedFor(
  { requestId }: PrivacyRequest,
  { sliceId, attempt }: OpenSlice,
  notBefore: string | null,
): Owed {
  const message = { requestId, step: "export", slice: sliceId, attempt } as const;
  return { key: `${sliceId}-${attempt}`, send: [{ message, notBefore }], events: [] };
}
