import { createHash } from "node:crypto";

/** The SHA-256, in hex, of bytes in memory. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
