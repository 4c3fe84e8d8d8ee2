import { expect, it } from "vitest";
import type { Receipts } from "../../../shared/pipeline/ports.ts";
import { newRequestId } from "./samples.ts";

/** What every store of receipts promises. */
export function receiptsContract(open: () => Receipts): void {
  it("gives back the bytes that were stored", async () => {
    const receipts = open();
    const requestId = newRequestId();
    const bytes = Buffer.alloc(3_000_000, "0123456789abcdef!");

    const outcome = await receipts.put(requestId, inPieces(bytes));

    expect(outcome).toBe("created");
    expect(await contentOf(receipts, requestId)).toEqual(bytes);
  });

  it("keeps the first receipt of a request", async () => {
    const receipts = open();
    const requestId = newRequestId();

    await receipts.put(requestId, inPieces(Buffer.from("first")));
    const outcome = await receipts.put(requestId, inPieces(Buffer.from("second")));

    expect(outcome).toBe("exists");
    expect(await contentOf(receipts, requestId)).toEqual(Buffer.from("first"));
  });

  it("has no receipt of a request that it never saw", async () => {
    expect(await open().read(newRequestId())).toBeNull();
  });
}

async function contentOf(receipts: Receipts, requestId: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await receipts.read(requestId)) ?? []));
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
