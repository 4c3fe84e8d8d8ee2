import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockBuffers } from "../../../shared/pipeline/block-buffers.ts";
import { blockBytesFor, blocksOf, FileMemory } from "../../../shared/pipeline/blocks.ts";

const BLOCK = 64;
const nothing = async () => undefined;

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (const size of sizes) {
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
  yield bytes.subarray(offset);
}

describe("blocks of a stream", () => {
  it("are the same bytes, full but for the last, whatever the chunks and the size that was told", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5 * BLOCK }),
        fc.array(fc.nat({ max: 2 * BLOCK })),
        fc.option(fc.nat({ max: 3 * BLOCK })),
        async (bytes, sizes, told) => {
          const buffers = new BlockBuffers(BLOCK, 2 * BLOCK);
          const memory = await FileMemory.for(buffers, told);
          const blocks: Buffer[] = [];
          const body = chunked(Buffer.from(bytes), sizes);
          for await (const block of blocksOf(body, memory, nothing)) {
            blocks.push(Buffer.from(block.bytes));
            if (!block.isLast) memory.give(block.bytes);
          }
          memory.free();

          expect(Buffer.concat(blocks).equals(bytes)).toBe(true);
          expect(blocks.slice(0, -1).every(({ length }) => length === BLOCK)).toBe(true);
          expect(blocks.length).toBe(Math.max(1, Math.ceil(bytes.length / BLOCK)));
        },
      ),
    );
  });

  it("are left as they are until their memory is given back", async () => {
    const memory = await FileMemory.for(new BlockBuffers(BLOCK, 4 * BLOCK), null);
    const bytes = Buffer.from(Array.from({ length: 4 * BLOCK }, (_, index) => index));
    const kept: Buffer[] = [];

    for await (const block of blocksOf(chunked(bytes, []), memory, nothing)) kept.push(block.bytes);

    expect(Buffer.concat(kept).equals(bytes)).toBe(true);
  });
});

describe("the memory of a slice", () => {
  it("has room for so many blocks; other files wait their turn", async () => {
    const buffers = new BlockBuffers(BLOCK, 2 * BLOCK);
    const order: string[] = [];
    const files = await Promise.all([FileMemory.for(buffers, null), FileMemory.for(buffers, 9999)]);
    const third = FileMemory.for(buffers, 9999).then(() => order.push("third"));
    const small = await FileMemory.for(buffers, BLOCK);

    order.push("small");
    files[0].free();
    await third;

    expect(order).toEqual(["small", "third"]);
    expect(small.current).toHaveLength(BLOCK);
  });

  it("lets a file go on when one of its blocks is stored, however little is set", async () => {
    const memory = await FileMemory.for(new BlockBuffers(BLOCK, 0), null);
    const first = memory.current;
    await memory.turn();
    const second = memory.current;
    const turned = memory.turn();
    memory.give(first);
    await turned;

    expect(second).not.toBe(first);
    expect(memory.current).toBe(first);
  });
});

describe("the size of blocks", () => {
  it("is as set, and larger only where a blob would have more than 50,000", () => {
    const mib = 1024 * 1024;

    expect(blockBytesFor(50_000 * 4 * mib, 4 * mib)).toBe(4 * mib);
    expect(blockBytesFor(50_000 * 4 * mib + 1, 4 * mib)).toBe(5 * mib);
    expect(blockBytesFor(1024 ** 4, 4 * mib) * 50_000).toBeGreaterThanOrEqual(1024 ** 4);
  });
});
