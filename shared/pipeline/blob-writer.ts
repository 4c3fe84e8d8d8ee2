import { randomBytes } from "node:crypto";
import { AppError } from "../errors.ts";
import { type Digest, Digester, digestOfBlob } from "./digest.ts";
import type { BlobRef } from "./ports.ts";
import type { Stage } from "./stage.ts";

/** Texts are staged in blocks of this size at most: several are written at a time. */
const MAX_BLOCK_BYTES = 1024 * 1024;

/** A text that is written piece by piece into a blob, in constant memory. */
export class BlobWriter {
  readonly #packages: Stage["packages"];
  readonly #ref: BlobRef;
  readonly #blockBytes: number;
  readonly #digester = new Digester();
  /** Keeps the blocks of two writers of one blob apart. */
  readonly #writer = randomBytes(4).toString("hex");
  readonly #blockIds: string[] = [];
  #pieces: Buffer[] = [];
  #pendingBytes = 0;

  constructor({ packages, pace }: Pick<Stage, "packages" | "pace">, ref: BlobRef) {
    this.#packages = packages;
    this.#ref = ref;
    this.#blockBytes = Math.min(pace.blockBytes, MAX_BLOCK_BYTES);
  }

  /** How many bytes were written so far. */
  get bytes(): number {
    return this.#digester.bytes;
  }

  /** Adds text. */
  async write(text: string): Promise<void> {
    const piece = Buffer.from(text);
    this.#digester.update(piece);
    this.#pieces.push(piece);
    this.#pendingBytes += piece.length;
    if (this.#pendingBytes >= this.#blockBytes) await this.#stage();
  }

  /**
   * Makes the blob and returns its digest. One that exists with the same content is as good; throws
   * `package-corrupt` when it has another.
   */
  async close(): Promise<Digest> {
    const outcome =
      this.#blockIds.length === 0
        ? await this.#packages.put(this.#ref, Buffer.concat(this.#pieces))
        : await this.#commit();
    const digest = this.#digester.digest();
    if (outcome === "exists") await this.#expect(digest.sha256);
    return digest;
  }

  async #stage(): Promise<void> {
    const blockId = `${this.#writer}-${String(this.#blockIds.length).padStart(6, "0")}`;
    await this.#packages.stage(this.#ref, blockId, Buffer.concat(this.#pieces));
    this.#blockIds.push(blockId);
    this.#pieces = [];
    this.#pendingBytes = 0;
  }

  async #commit(): Promise<"created" | "exists"> {
    if (this.#pendingBytes > 0) await this.#stage();
    return this.#packages.commit(this.#ref, this.#blockIds);
  }

  async #expect(sha256: string): Promise<void> {
    const stored = await digestOfBlob(this.#packages, this.#ref);
    if (stored.sha256 !== sha256) {
      throw new AppError("package-corrupt", `The blob ${this.#ref.name} holds something else`);
    }
  }
}
