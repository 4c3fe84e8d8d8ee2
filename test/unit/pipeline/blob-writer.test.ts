import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlobWriter } from "../../../shared/pipeline/blob-writer.ts";
import type { BlobRef, Packages } from "../../../shared/pipeline/ports.ts";
import { memoryStage } from "../../support/stage.ts";

const REF: BlobRef = { requestId: "0".repeat(32), name: "t/index.json" };
const BLOCK = 64;

/** Writers to a store in memory, whose blocks are small; `sizes` notes those that were staged. */
async function store() {
  const { packages, pace } = memoryStage();
  await packages.create(REF.requestId);
  const sizes: number[] = [];
  const noted: Packages = {
    ...packages,
    stage: (ref, id, bytes) => {
      sizes.push(bytes.length);
      return packages.stage(ref, id, bytes);
    },
  };
  const writer = (ref: BlobRef) =>
    new BlobWriter({ packages: noted, pace: { ...pace, blockBytes: BLOCK } }, ref);
  const stored = async (ref: BlobRef) =>
    Buffer.concat(await Array.fromAsync(await packages.read(ref))).toString();
  return { writer, sizes, stored };
}

describe("a text that is written piece by piece", () => {
  it("is stored as it was written, in blocks that are full but for a character, with its digest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary", maxLength: 200 })), async (pieces) => {
        const { writer, sizes, stored } = await store();
        const own = writer(REF);
        for (const piece of pieces) await own.write(piece);
        const text = Buffer.from(pieces.join(""));
        expect(own.bytes).toBe(text.length);
        const digest = await own.close();

        expect(await stored(REF)).toBe(text.toString());
        expect(digest.bytes).toBe(text.length);
        expect(digest.sha256).toBe(createHash("sha256").update(text).digest("hex"));
        expect(sizes.every((size) => size <= BLOCK)).toBe(true);
        expect(sizes.slice(0, -1).every((size) => size > BLOCK - 4)).toBe(true);
      }),
    );
  });

  it("is not mixed up with one that is written at the same time", async () => {
    const { writer, stored } = await store();
    const refs = ["t/a", "t/b"].map((name) => ({ ...REF, name }));
    const writers = refs.map(writer);
    for (let line = 0; line < 50; line += 1) {
      for (const [index, own] of writers.entries()) await own.write(`${index}: ${line}\n`);
    }
    for (const own of writers) await own.close();

    const lines = Array.from({ length: 50 }, (_, line) => line);
    expect(await stored({ ...REF, name: "t/a" })).toBe(lines.map((n) => `0: ${n}\n`).join(""));
    expect(await stored({ ...REF, name: "t/b" })).toBe(lines.map((n) => `1: ${n}\n`).join(""));
  });

  it("may be there already, when it is the same", async () => {
    const { writer } = await store();
    const write = async (text: string) => {
      const own = writer(REF);
      await own.write(text);
      return own.close();
    };
    const first = await write("the same");

    expect(await write("the same")).toEqual(first);
    await expect(write("another")).rejects.toMatchObject({ code: "package-corrupt" });
  });
});
