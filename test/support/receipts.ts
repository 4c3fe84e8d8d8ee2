import type { Receipt, ReceiptAsset } from "../../shared/core/receipt.ts";
import type { Signer } from "../../shared/pipeline/ports.ts";
import { signedReceipt } from "../../shared/pipeline/sign-receipt.ts";

const AT = "2026-03-01T10:00:00.000Z";

/** A receipt of a deletion, without its assets. */
export const SAMPLE_RECEIPT: Omit<Receipt, "assets"> = {
  version: 1,
  requestId: "0123456789abcdef0123456789abcdef",
  kind: "delete",
  exportFirst: false,
  state: "completed",
  source: "http",
  externalId: "DSR-1042",
  requestSha256: "a".repeat(64),
  submittedAt: AT,
  finishedAt: AT,
  failureCode: null,
  workspaces: [{ workspaceId: "b577bbf6c46640c822e2a6e3d255d437", accountType: "standard" }],
  plan: { planHash: "b".repeat(64), generation: 1, plannedAt: AT, items: 2 },
  approvals: [{ role: "Approver", at: AT, planHash: "b".repeat(64) }],
  package: null,
  leftBehind: ["Blobs in the storage account"],
  audit: { entries: 9, head: "c".repeat(64) },
  software: { name: "studio-dsr", version: "0.1.0" },
  counts: { deleted: 2 },
};

/** Assets that were deleted, so many. */
export function sampleAssets(count: number): ReceiptAsset[] {
  return Array.from({ length: count }, (_, number) => ({
    assetId: number.toString(16).padStart(32, "0"),
    kind: "dataset",
    outcome: "deleted",
    reason: null,
    evidence: "claimed-by-service",
    at: AT,
    files: 0,
    bytes: 0,
  }));
}

/** The file of that receipt with so many assets. */
export async function receiptFile(signer: Signer, assets: number): Promise<Buffer> {
  const source = {
    receipt: SAMPLE_RECEIPT,
    assets: async function* () {
      yield* sampleAssets(assets);
    },
  };
  return Buffer.concat(await Array.fromAsync(signedReceipt(signer, source)));
}
