import type { z } from "zod";
import type { Message } from "../core/messages.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { sliceStep } from "../core/rules.ts";
import { isLeased, type OpenSlice, resent, slicePrefix } from "../core/slice.ts";
import { AppError, isCode } from "../errors.ts";
import { Claim } from "./claim.ts";
import { inventoryBlob } from "./layout.ts";
import { parseLines } from "./ndjson.ts";
import type { Stored } from "./ports.ts";
import { relay } from "./relay.ts";
import { settleIfLast } from "./settle-phase.ts";
import { sliceMessage } from "./slice-message.ts";
import type { Stage } from "./stage.ts";

/** What every worker does around its work on a slice: find it, claim it, and see whether it was the last. */

type Work = (stage: Stage, request: PrivacyRequest, claim: Claim) => Promise<void>;

/**
 * Claims the slice that a message points to, and works on it. A message that the ledger has overtaken, or that is
 * for another kind of work than the running phase, does nothing. Throws what the work throws, but for
 * `store-conflict`: another worker holds the slice then.
 */
export async function withSlice(stage: Stage, message: Message, work: Work): Promise<void> {
  const { requestId, slice: sliceId } = message;
  const request = (await stage.ledger.load(requestId))?.value;
  if (request?.state !== "running" || sliceStep(request) !== message.step) {
    return stage.telemetry.messageStale(message);
  }
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

/** The slice's part of the inventory, numbered. Throws `package-corrupt` when it is not whole. */
export async function linesOf<T>(
  { packages }: Pick<Stage, "packages">,
  { requestId, generation }: PrivacyRequest,
  { lines: range, assets }: OpenSlice,
  schema: z.ZodType<T>,
): Promise<[number, T][]> {
  const bytes = await packages.read({ requestId, name: inventoryBlob(generation) }, range);
  const lines = await Array.fromAsync(parseLines(bytes, schema));
  if (lines.length === assets) return [...lines.entries()];
  throw new AppError("package-corrupt", `A slice has ${lines.length} of its ${assets} assets`);
}

/** Another worker holds the slice, or died holding it: a message looks again when its lease is over. */
async function comeBack(
  stage: Stage,
  request: PrivacyRequest,
  { value, version }: Stored<OpenSlice>,
): Promise<void> {
  const { requestId } = request;
  const slice = resent(value, value.leaseUntil ?? stage.clock.now());
  const owed = sliceMessage(requestId, slice, slice.leaseUntil, sliceStep(request));
  await stage.slices.save(requestId, slice, version, owed);
  await relay(stage, request);
}
