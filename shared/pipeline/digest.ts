import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { BlobRef, Packages } from "./ports.ts";

/** What proves a file: its size, its SHA-256 in hex, and the CRC-32 that a zip wants. */
export type Digest = { readonly bytes: number; readonly sha256: string; readonly crc32: number };

/** Takes the digest of bytes as they pass. */
export class Digester {
  readonly #hash = createHash("sha256");
  #crc32 = 0;
  #bytes = 0;

  /** How many bytes have passed. */
  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
    this.#bytes += chunk.length;
  }

  /** The digest of all that has passed; nothing can be added afterwards. */
  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex"), crc32: this.#crc32 };
  }
}

/** Reads a stored blob and returns its digest; `onChunk` is called on the way. Throws `not-found`. */
export async function digestOfBlob(
  packages: Packages,
  ref: BlobRef,
  onChunk: () => Promise<void> = async () => undefined,
): Promise<Digest> {
  const digester = new Digester();
  for await (const chunk of await packages.read(ref)) {
    digester.update(chunk);
    await onChunk();
  }
  return digester.digest();
}
