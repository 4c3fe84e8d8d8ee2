import { createHash } from "node:crypto";
import {
  RECEIPT_TYPE,
  type Receipt,
  type ReceiptAsset,
  receiptFrame,
  receiptText,
} from "../core/receipt.ts";
import { AppError } from "../errors.ts";
import type { Signer } from "./ports.ts";

/** A receipt without its assets, and its assets: read twice, and the same each time. */
export type ReceiptSource = {
  readonly receipt: Omit<Receipt, "assets">;
  readonly assets: () => AsyncIterable<ReceiptAsset>;
};

/** Large enough that a receipt of many assets is no stream of crumbs. */
const PIECE_LENGTH = 64 * 1024;

/**
 * The receipt file, signed with ES256 (RFC 7515, RFC 7518), as a stream in constant memory: the assets are read once
 * for the digest and once for the file. Throws `store-unavailable`, and `package-corrupt` when the second reading was
 * another one; the file has no end then.
 */
export async function* signedReceipt(
  signer: Signer,
  source: ReceiptSource,
): AsyncGenerator<Uint8Array> {
  const [key] = await signer.keys();
  if (key === undefined) throw new AppError("internal", "There is no key to sign with");
  const header = JSON.stringify({ alg: "ES256", kid: key.kid, typ: RECEIPT_TYPE });
  const start = `${Buffer.from(header).toString("base64url")}.`;
  const digest = await digestOf(start, source);
  const signature = Buffer.from(await signer.sign(key.kid, digest)).toString("base64url");
  const { before, after } = receiptFrame(`${start}.${signature}`);
  yield Buffer.from(before);
  const again = new SigningInput(start);
  for await (const piece of piecesOf(source)) {
    again.add(piece);
    yield piece;
  }
  if (!again.digest().equals(digest)) {
    throw new AppError(
      "package-corrupt",
      "What a receipt tells of has changed while it was signed",
    );
  }
  yield Buffer.from(after);
}

async function digestOf(start: string, source: ReceiptSource): Promise<Buffer> {
  const input = new SigningInput(start);
  for await (const piece of piecesOf(source)) input.add(piece);
  return input.digest();
}

async function* piecesOf({ receipt, assets }: ReceiptSource): AsyncGenerator<Buffer> {
  const { head, tail } = receiptText(receipt);
  let text = head;
  let isFirst = true;
  for await (const asset of assets()) {
    text += (isFirst ? "" : ",") + JSON.stringify(asset);
    isFirst = false;
    if (text.length < PIECE_LENGTH) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text + tail);
}

/** The digest of a JWS signing input (RFC 7515, 5.1), whose payload comes in pieces: base64url goes by threes. */
class SigningInput {
  readonly #hash = createHash("sha256");
  #rest: Buffer = Buffer.alloc(0);

  constructor(start: string) {
    this.#hash.update(start);
  }

  add(piece: Buffer): void {
    const bytes = Buffer.concat([this.#rest, piece]);
    const whole = bytes.length - (bytes.length % 3);
    this.#hash.update(bytes.subarray(0, whole).toString("base64url"));
    this.#rest = bytes.subarray(whole);
  }

  digest(): Buffer {
    return this.#hash.update(this.#rest.toString("base64url")).digest();
  }
}
