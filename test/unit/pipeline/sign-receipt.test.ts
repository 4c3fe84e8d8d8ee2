import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReceiptFile } from "../../../cli/receipt-file.ts";
import { verifyReceipt } from "../../../cli/verify-receipt.ts";
import { receiptSchema } from "../../../shared/core/receipt.ts";
import { signedReceipt } from "../../../shared/pipeline/sign-receipt.ts";
import { memorySigner } from "../../support/memory/signer.ts";
import { receiptFile, SAMPLE_RECEIPT, sampleAssets } from "../../support/receipts.ts";

const signer = memorySigner();
const keys = { keys: [...(await signer.keys())] };

describe("a receipt file", () => {
  it("is JSON whose receipt has the published form", async () => {
    const file = JSON.parse((await receiptFile(signer, 3)).toString());

    expect(receiptSchema.parse(file.receipt)).toEqual({
      ...SAMPLE_RECEIPT,
      assets: sampleAssets(3),
    });
    expect(file.jws).toMatch(/^[\w-]+\.\.[\w-]{86}$/);
  });

  it.each([0, 1, 2, 3, 1_000])("of %i assets is proven by the keys alone", async (assets) => {
    const { receipt, kid } = await verifyReceipt(await receiptFile(signer, assets), keys);

    expect(receipt).toMatchObject({ requestId: SAMPLE_RECEIPT.requestId, counts: { deleted: 2 } });
    expect(kid).toBe(keys.keys[0]?.kid);
  });

  it("is proven by node:crypto alone", async () => {
    const { payload, header, signature } = parseReceiptFile(await receiptFile(signer, 50));
    const key = createPublicKey({ key: { ...keys.keys[0] }, format: "jwk" });
    const input = Buffer.from(`${header}.${payload.toString("base64url")}`);
    const bytes = Buffer.from(signature, "base64url");

    expect(verify("sha256", input, { key, dsaEncoding: "ieee-p1363" }, bytes)).toBe(true);
  });

  it("is proven after the key was rotated, and by no other deployment's keys", async () => {
    const own = memorySigner();
    const file = await receiptFile(own, 1);
    own.rotate();

    const verified = await verifyReceipt(file, { keys: [...(await own.keys())] });

    expect(verified.receipt.state).toBe("completed");
    await expect(verifyReceipt(file, keys)).rejects.toMatchObject({ code: "receipt-not-valid" });
  });

  it("is not valid when any byte is another one, is missing or is one too many", async () => {
    const file = await receiptFile(signer, 2);
    const change = fc.record({
      at: fc.nat(file.length - 1),
      byte: fc.nat(255),
      how: fc.constantFrom("replace", "remove", "insert", "swap", "cut"),
    });

    await fc.assert(
      fc.asyncProperty(change, async ({ at, byte, how }) => {
        const changed = mutated(file, at, byte, how);
        fc.pre(!changed.equals(file));
        await expect(verifyReceipt(changed, keys)).rejects.toMatchObject({
          code: "receipt-not-valid",
        });
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  it.each([
    ["written in another base64url", (text: string) => text.replace(/.(?="}\n$)/, sameBits)],
    ["with blanks between its parts", (text: string) => text.replace(',"jws"', ', "jws"')],
    ["without its last line feed", (text: string) => text.trimEnd()],
    ["signed by no algorithm", (text: string) => text.replace(/"jws":"[^.]+/, `"jws":"${NONE}`)],
  ])("is not valid %s", async (_how, change) => {
    const file = Buffer.from(change((await receiptFile(signer, 1)).toString()));

    await expect(verifyReceipt(file, keys)).rejects.toMatchObject({ code: "receipt-not-valid" });
  });

  it("has no end when its assets change while it is signed", async () => {
    let reading = 0;
    const source = {
      receipt: SAMPLE_RECEIPT,
      assets: async function* () {
        reading += 1;
        yield* sampleAssets(reading);
      },
    };

    const file = Array.fromAsync(signedReceipt(signer, source));

    await expect(file).rejects.toMatchObject({ code: "package-corrupt" });
  });
});

const NONE = Buffer.from('{"alg":"none","typ":"dsr-receipt+jws"}').toString("base64url");

/** 64 bytes leave four bits of the last of 86 characters unused; this sets one of them. */
function sameBits(character: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(character) ^ 1] ?? "";
}

function mutated(file: Buffer, at: number, byte: number, how: string): Buffer {
  const [before, after] = [file.subarray(0, at), file.subarray(at + 1)];
  switch (how) {
    case "replace":
      return Buffer.concat([before, Buffer.of(byte), after]);
    case "remove":
      return Buffer.concat([before, after]);
    case "insert":
      return Buffer.concat([before, Buffer.of(byte), file.subarray(at)]);
    case "swap":
      return Buffer.concat([
        before,
        file.subarray(at + 1, at + 2),
        file.subarray(at, at + 1),
        file.subarray(at + 2),
      ]);
    default:
      return before;
  }
}
