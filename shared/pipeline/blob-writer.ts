import { randomBytes } from "node:crypto";
import { AppError } from "../errors.ts";
import { type Digest, Digester, digestOfBlob } from "./digest.ts";
import type { BlobRef } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** Texts are staged in blocks of this size at most: several are written at a time. */
const MAX_BLOCK_BYTES = 1024 * 1024;

const encoder = new TextEncoder();

/**
 * A text that is written piece by piece into a blob, in constant memory: pieces go straight into the block, since
 * small buffers share memory, and one that waits would keep that of its neighbours in other writers.
 */
export class BlobWriter {
  readonly #packages: Stage["packages"];
  readonly #ref: BlobRef;
  readonly #block: Buffer;
  readonly #digester = new Digester();
  /** Keeps the blocks of two writers of one blob apart. */
  readonly #writer = randomBytes(4).toString("hex");
  readonly #blockIds: string[] = [];
  #filledBytes = 0;

  constructor({ packages, pace }: Pick<Stage, "packages" | "pace">, ref: BlobRef) {
    this.#packages = packages;
    this.#ref = ref;
    // The system gives memory to a page of it only when something is written there.
    this.#block = Buffer.allocUnsafeSlow(Math.min(pace.blockBytes, MAX_BLOCK_BYTES));
  }

  /** How many bytes were written so far. */
  get bytes(): number {
    return this.#digester.bytes + this.#filledBytes;
  }

  /** Adds text. */
  async write(text: string): Promise<void> {
    for (let rest = text; rest !== ""; ) {
      const { read, written } = encoder.encodeInto(rest, this.#block.subarray(this.#filledBytes));
      this.#filledBytes += written;
      rest = rest.slice(read);
      if (rest !== "") await this.#stage();
    }
  }

  /**
   * Makes the blob and returns its digest. One that exists with the same content is as good; throws
   * `package-corrupt` when it has another.
   */
  async close(): Promise<Digest> {
    const outcome =
      this.#blockIds.length === 0
        ? await this.#packages.put(this.#ref, this.#take())
        : await this.#commit();
    const digest = this.#digester.digest();
    if (outcome === "exists") await this.#expect(digest.sha256);
    return digest;
  }

  async #stage(): Promise<void> {
    const blockId = `${this.#writer}-${String(this.#blockIds.length).padStart(6, "0")}`;
    await this.#packages.stage(this.#ref, blockId, this.#take());
    this.#blockIds.push(blockId);
  }

  /** What the block holds; it is written over by the next text. */
  #take(): Uint8Array {
    const bytes = this.#block.subarray(0, this.#filledBytes);
    this.#digester.update(bytes);
    this.#filledBytes = 0;
    return bytes;
  }

  async #commit(): Promise<"created" | "exists"> {
    if (this.#filledBytes > 0) await this.#stage();
    return this.#packages.commit(this.#ref, this.#blockIds);
  }

  async #expect(sha256: string): Promise<void> {
    const stored = await digestOfBlob(this.#packages, this.#ref);
    if (stored.sha256 !== sha256) {
      throw new AppError("package-corrupt", `The blob ${this.#ref.name} holds something else`);
    }
  }
}
