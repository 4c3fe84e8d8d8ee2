import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import { z } from "zod";
import { notReceipt, parseReceiptFile } from "./receipt-file.ts";

/** What is shown of a receipt that is valid; everything else stays in the file. */
const shownSchema = z.looseObject({
  requestId: z.string(),
  kind: z.string(),
  state: z.string(),
  finishedAt: z.string(),
  counts: z.record(z.string(), z.number()),
  audit: z.object({ entries: z.number(), head: z.string() }),
});
export type ShownReceipt = z.infer<typeof shownSchema>;

const headerSchema = z.object({ kid: z.string(), typ: z.literal("dsr-receipt+jws") });

/**
 * Proves that a receipt file is, byte for byte, what one of the keys has signed, and gives what it says and the id of
 * that key. Needs nothing but the file and the keys. Throws a `CommandError` with the code `receipt-not-valid`
 * otherwise.
 */
export async function verifyReceipt(
  file: Buffer,
  keys: JSONWebKeySet,
): Promise<{ readonly receipt: ShownReceipt; readonly kid: string }> {
  const { payload, header, signature } = parseReceiptFile(file);
  const compact = `${header}.${payload.toString("base64url")}.${signature}`;
  const verified = await compactVerify(compact, createLocalJWKSet(keys), {
    algorithms: ["ES256"],
  }).catch((error: unknown) => {
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw notReceipt("none of the keys has signed it; are these the keys of that deployment?");
    }
    if (error instanceof errors.JOSEError)
      throw notReceipt("its signature does not fit its content");
    throw error;
  });
  const protectedHeader = headerSchema.safeParse(verified.protectedHeader);
  if (!protectedHeader.success) throw notReceipt("it was signed as something else than a receipt");
  const receipt = shownSchema.safeParse(parsed(payload));
  if (!receipt.success) throw notReceipt("what was signed is no receipt");
  return { receipt: receipt.data, kid: protectedHeader.data.kid };
}

/** What a receipt says of the audit trail; its signature is proven apart. Throws `receipt-not-valid`. */
export function auditOf(payload: Buffer): ShownReceipt["audit"] {
  const receipt = shownSchema.safeParse(parsed(payload));
  if (!receipt.success) throw notReceipt("it has no receipt in it");
  return receipt.data.audit;
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
