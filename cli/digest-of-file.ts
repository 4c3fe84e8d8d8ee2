import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 (lower-case hex) and size of a file, or null when there is no such file. */
export async function digestOfFile(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly bytes: number } | null> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { signal, highWaterMark: 1 << 20 })) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  return { sha256: hash.digest("hex"), bytes };
}
