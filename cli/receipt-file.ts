import { CommandError } from "./command-error.ts";

/** A receipt file taken apart: the bytes that were signed, and the JWS without them. */
export type ReceiptFile = {
  readonly payload: Buffer;
  /** Base64url, as it stands in the file. */
  readonly header: string;
  readonly signature: string;
};

const OPEN = Buffer.from('{"receipt":');
const MIDDLE = Buffer.from(',"jws":"');
const CLOSE = Buffer.from('"}\n');

/** An ES256 signature has 64 bytes (RFC 7518, 3.4). */
const JWS = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]{86})$/;

/**
 * Takes a receipt file apart, byte by byte: `{"receipt":` payload `,"jws":"` header `..` signature `"}` and a line
 * feed. Throws when anything is otherwise; base64url that decodes to the same bytes but is written another way
 * (RFC 4648, 3.5) is otherwise too.
 */
export function parseReceiptFile(file: Buffer): ReceiptFile {
  const middleAt = file.lastIndexOf(MIDDLE);
  const closeAt = file.length - CLOSE.length;
  const isFramed =
    file.subarray(0, OPEN.length).equals(OPEN) &&
    middleAt >= OPEN.length &&
    file.subarray(closeAt).equals(CLOSE);
  if (!isFramed) throw notReceipt("it does not have the form of a receipt");
  const jws = file.subarray(middleAt + MIDDLE.length, closeAt).toString("latin1");
  const [, header, signature] = JWS.exec(jws) ?? [];
  if (header === undefined || signature === undefined) {
    throw notReceipt("its signature is not a detached JWS with ES256");
  }
  if (!isCanonical(header) || !isCanonical(signature)) {
    throw notReceipt("its signature is not in canonical base64url");
  }
  return { payload: file.subarray(OPEN.length, middleAt), header, signature };
}

/** The error for a file that proves nothing. */
export function notReceipt(why: string): CommandError {
  return new CommandError(`The receipt is NOT valid: ${why}.`, { code: "receipt-not-valid" });
}

function isCanonical(text: string): boolean {
  return Buffer.from(text, "base64url").toString("base64url") === text;
}
