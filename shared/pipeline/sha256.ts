import { createHash } from "node:crypto";
import type { BlobRef, Packages } from "./ports.ts";

/** SHA-256, in hex. */

/** Reads a stored blob and returns its size and digest; `onChunk` is called on the way. Throws `not-found`. */
export async function sha256OfBlob(
  packages: Packages,
  ref: BlobRef,
  onChunk: () => Promise<void> = async () => undefined,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of await packages.read(ref)) {
    hash.update(chunk);
    bytes += chunk.length;
    await onChunk();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The digest of bytes in memory. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
