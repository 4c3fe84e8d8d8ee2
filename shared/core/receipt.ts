import { z } from "zod";

/**
 * The receipt of a request: what was asked, who (by role) approved what, what became of every asset, and how that is
 * known. It holds no personal data: assets are named by their pseudonymous ids.
 *
 * A receipt file is one JSON object, `{"receipt":<receipt>,"jws":"<header>..<signature>"}` and a line feed, with
 * nothing between its parts. The bytes of `<receipt>` as they stand are the payload of the detached JWS (RFC 7515,
 * Appendix F), signed with ES256 (RFC 7518, 3.4). Any other form of the file is no receipt, so that every byte counts.
 */

/** `typ` of the JWS header. */
export const RECEIPT_TYPE = "dsr-receipt+jws";

const OPEN = '{"receipt":';
const MIDDLE = ',"jws":"';
const CLOSE = '"}\n';

const instant = z.string();

const receiptAssetSchema = z.object({
  assetId: z.string(),
  kind: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  evidence: z.string().nullable(),
  at: instant,
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
});
/** What became of one asset, how that is known, and when it was found. */
export type ReceiptAsset = z.infer<typeof receiptAssetSchema>;

/** The receipt as it is published; `assets` come last, so that it can be written as a stream. */
export const receiptSchema = z.object({
  version: z.literal(1),
  requestId: z.string(),
  kind: z.enum(["export", "delete"]),
  exportFirst: z.boolean(),
  state: z.string(),
  source: z.string(),
  externalId: z.string().nullable(),
  requestSha256: z.string(),
  submittedAt: instant,
  finishedAt: instant,
  failureCode: z.string().nullable(),
  workspaces: z.array(z.object({ workspaceId: z.string(), accountType: z.string() })),
  plan: z
    .object({ planHash: z.string(), generation: z.int(), plannedAt: instant, items: z.int() })
    .nullable(),
  approvals: z.array(z.object({ role: z.literal("Approver"), at: instant, planHash: z.string() })),
  package: z
    .object({
      manifestSha256: z.string(),
      files: z.int(),
      bytes: z.int(),
      exceptions: z.int(),
      sealedAt: instant,
      purgeAt: instant.nullable(),
    })
    .nullable(),
  leftBehind: z.array(z.string()),
  audit: z.object({ entries: z.int(), head: z.string() }),
  software: z.object({ name: z.string(), version: z.string() }),
  counts: z.record(z.string(), z.int()),
  assets: z.array(receiptAssetSchema),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** What stands before and after the bytes of the receipt in its file. */
export function receiptFrame(jws: string): { readonly before: string; readonly after: string } {
  return { before: OPEN, after: `${MIDDLE}${jws}${CLOSE}` };
}

/** The text of a receipt up to its assets, and what closes it after them. */
export function receiptText(receipt: Omit<Receipt, "assets">): { head: string; tail: string } {
  return { head: `${JSON.stringify(receipt).slice(0, -1)},"assets":[`, tail: "]}" };
}
