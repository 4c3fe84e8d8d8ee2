import { type InventoryLine, inventoryLineSchema } from "../core/asset.ts";
import { type Intent, type OutcomeLine, outcomeLineSchema } from "../core/erasure.ts";
import type { ReceiptAsset } from "../core/receipt.ts";
import type { Plan, PrivacyRequest } from "../core/request.ts";
import { EXPORT_PHASE, generationPrefix, type Outcome, slicePrefix } from "../core/slice.ts";
import { planLines } from "./deletion-parts.ts";
import { inventoryBlob } from "./layout.ts";
import { knownLines, parseLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** What a receipt tells of each asset of the plan, in its order. */

type Reading = Pick<Stage, "packages" | "slices" | "intents">;

/**
 * The assets of an ended request, each with what became of it; none when there is no plan. The same each time.
 * Throws `package-corrupt` when what is stored is not what was recorded.
 */
export function receiptAssets(
  stage: Reading,
  request: PrivacyRequest,
): AsyncIterable<ReceiptAsset> {
  const { plan, result } = request;
  if (plan === null) return none();
  if (plan.deletion === null) return exportedAssets(stage, request, plan);
  return result === null
    ? unfinishedDeletion(stage, request, plan)
    : deletedAssets(stage, request, result);
}

async function* none(): AsyncGenerator<ReceiptAsset> {
  // Nothing was planned.
}

/** A request may have ended before every slice was settled: what was not reached is told too. */
async function* exportedAssets(
  { packages, slices }: Reading,
  { requestId, finishedAt }: PrivacyRequest,
  { generation }: Plan,
): AsyncGenerator<ReceiptAsset> {
  const outcomes = settledOutcomes(slices, requestId, slicePrefix(generation, EXPORT_PHASE));
  const inventory = await packages.read({ requestId, name: inventoryBlob(generation) });
  let next = await outcomes.next();
  for await (const line of parseLines(inventory, inventoryLineSchema)) {
    if (next.done === true || next.value.assetId !== line.assetId) {
      yield assetOf(line, { outcome: "not-reached", at: finishedAt ?? "" });
      continue;
    }
    const { outcome, reason, files, bytes, settledAt } = next.value;
    yield { ...assetOf(line, { outcome, at: settledAt, reason }), files, bytes };
    next = await outcomes.next();
  }
}

async function* settledOutcomes(
  slices: Stage["slices"],
  requestId: string,
  prefix: string,
): AsyncGenerator<Outcome & { readonly settledAt: string }> {
  for await (const { outcomes, settledAt } of slices.done(requestId, prefix)) {
    for (const outcome of outcomes) yield { ...outcome, settledAt };
  }
}

async function* deletedAssets(
  { packages }: Reading,
  { requestId, finishedAt }: PrivacyRequest,
  { outcomes, outcomesSha256 }: { readonly outcomes: string; readonly outcomesSha256: string },
): AsyncGenerator<ReceiptAsset> {
  const ref = { requestId, name: outcomes };
  for await (const line of knownLines(packages, ref, outcomesSha256, outcomeLineSchema)) {
    const { outcome, reason, verifiedAt, answeredAt } = line;
    const at = verifiedAt ?? answeredAt ?? finishedAt ?? "";
    yield assetOf(line, { outcome, at, reason, evidence: evidenceOf(line) });
  }
}

/** What the service said, and whether an independent look found the thing absent. */
function evidenceOf({ evidence, verifiedAt, with: withKind }: OutcomeLine): string | null {
  const seen = verifiedAt === null ? null : "absent-on-independent-look";
  const went = withKind === null ? null : `went-with-${withKind}`;
  const all = [went, evidence, seen].filter((part) => part !== null);
  return all.length === 0 ? null : all.join(", ");
}

/** Nobody has looked at the end of a deletion that failed: a call that was meant may have been made. */
async function* unfinishedDeletion(
  stage: Reading,
  request: PrivacyRequest,
  { generation }: Plan,
): AsyncGenerator<ReceiptAsset> {
  const { requestId, finishedAt } = request;
  const intents = new Map<string, Intent>();
  for await (const intent of stage.intents.list(requestId, generationPrefix(generation))) {
    intents.set(intent.assetId, intent);
  }
  for await (const line of planLines(stage, { ...request, generation })) {
    const intent = intents.get(line.assetId);
    const at = intent?.answeredAt ?? intent?.intendedAt ?? finishedAt ?? "";
    yield assetOf(line, {
      outcome: unverified(intent),
      at,
      reason: intent?.reason ?? line.reason,
      evidence: intent?.evidence ?? null,
    });
  }
}

function unverified(intent: Intent | undefined): string {
  if (intent === undefined || intent.state === "withdrawn") return "not-reached";
  if (intent.outcome === null) return "unknown";
  return intent.outcome === "claimed" ? "claimed-unverified" : intent.outcome;
}

type Told = Pick<ReceiptAsset, "outcome" | "at"> &
  Partial<Pick<ReceiptAsset, "reason" | "evidence">>;

function assetOf(
  { assetId, kind }: Pick<InventoryLine, "assetId" | "kind">,
  { outcome, at, reason = null, evidence = null }: Told,
): ReceiptAsset {
  return { assetId, kind, outcome, reason, evidence, at, files: 0, bytes: 0 };
}
