import type { Message } from "../core/messages.ts";
import type { Receipt } from "../core/receipt.ts";
import { owesReceipt } from "../core/receipt-step.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { VERSION } from "../core/version.ts";
import { toAppError } from "../errors.ts";
import { commit } from "./commit.ts";
import { planDocument } from "./plan-document.ts";
import { receiptAssets } from "./receipt-assets.ts";
import { signedReceipt } from "./sign-receipt.ts";
import type { Stage } from "./stage.ts";

/** Issues the receipt of a request that has ended. */

type Issuing = Pick<Stage, "packages" | "slices" | "intents" | "signer" | "receipts">;

/**
 * Carries out the step `receipt`. A failure is told and leaves the receipt owed: the reconciler comes back to it. It
 * never reaches the request, which has ended.
 */
export async function receiptStep(stage: Stage, message: Message): Promise<void> {
  const { requestId, step, slice } = message;
  const request = (await stage.ledger.load(requestId))?.value;
  if (request === undefined || !owesReceipt(request)) return stage.telemetry.messageStale(message);
  try {
    await issueReceipt(stage, request);
  } catch (error) {
    const { code } = toAppError(error);
    stage.telemetry.stepDelayed({ requestId, step, slice, code, waitMs: stage.pace.lookAfterMs });
  }
}

/**
 * Signs and stores the receipt of an ended request, and takes note of it; issued twice, the first one stays. Throws
 * `store-unavailable`, and `package-corrupt` when what is stored is not what was recorded.
 */
export async function issueReceipt(stage: Stage, request: PrivacyRequest): Promise<void> {
  const { requestId } = request;
  const assets = () => receiptAssets(stage, request);
  const receipt = { ...(await headOf(stage, request)), counts: await countsOf(assets()) };
  await stage.receipts.put(requestId, signedReceipt(stage.signer, { receipt, assets }));
  await commit(stage, requestId, { kind: "receipted" });
}

async function countsOf(
  assets: AsyncIterable<{ readonly outcome: string }>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { outcome } of assets) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** All of it is as it was when the request ended: what became of it since is in its audit trail. */
async function headOf(
  stage: Issuing,
  request: PrivacyRequest,
): Promise<Omit<Receipt, "assets" | "counts">> {
  const { plan, seal, sealedAt, purgeAt } = request;
  return {
    version: 1,
    requestId: request.requestId,
    kind: request.kind,
    exportFirst: request.exportFirst,
    state: request.state,
    source: request.source,
    externalId: request.externalId,
    requestSha256: request.bodyHash,
    submittedAt: request.submittedAt,
    finishedAt: request.finishedAt ?? request.updatedAt,
    failureCode: request.failure?.code ?? null,
    workspaces: (plan?.workspaces ?? []).map(({ workspaceId, accountType }) => ({
      workspaceId,
      accountType,
    })),
    plan:
      plan === null
        ? null
        : {
            planHash: plan.planHash,
            generation: plan.generation,
            plannedAt: plan.plannedAt,
            items: plan.items,
          },
    approvals: request.approvals.map(({ at, planHash }) => ({ role: "Approver", at, planHash })),
    package:
      seal === null || sealedAt === null
        ? null
        : {
            manifestSha256: seal.manifestSha256,
            files: seal.files,
            bytes: seal.bytes,
            exceptions: seal.exceptions,
            sealedAt,
            purgeAt,
          },
    leftBehind: await leftBehind(stage, request),
    audit: { entries: request.historyCount, head: request.auditHead },
    software: { name: "studio-dsr", version: VERSION },
  };
}

async function leftBehind(stage: Issuing, request: PrivacyRequest): Promise<string[]> {
  const { requestId, plan } = request;
  if (plan === null || plan.deletion === null) return [];
  const { leftBehind: left, manualSteps } = await planDocument(stage, requestId, plan.generation);
  return [...left, ...manualSteps].map(({ text }) => text);
}
