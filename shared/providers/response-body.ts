import { AppError } from "../errors.ts";
import type { Watch } from "./watch.ts";

/** The bodies of answers, and the error for one that does not come. */

type Bytes = AsyncIterable<Uint8Array>;

/** The whole body. Throws `source-invalid` for more than `maxBytes`, and for bytes that are no UTF-8. */
export async function textOf(body: Bytes, watch: Watch, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(body, watch)) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new AppError("source-invalid", `The source's answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AppError("source-invalid", "The source's answer is not UTF-8 text");
  }
}

/** The body's bytes. With `idleMs`, the deadline moves: it counts only while waiting for the source. */
export async function* chunksOf(
  body: Bytes,
  watch: Watch,
  idleMs?: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (idleMs !== undefined) watch.arm(idleMs);
    for await (const chunk of body) {
      if (idleMs !== undefined) watch.disarm();
      yield chunk;
      if (idleMs !== undefined) watch.arm(idleMs);
    }
  } catch (error) {
    throw lost("source-truncated", "The source ended its answer early", error, watch);
  } finally {
    if (idleMs !== undefined) watch.disarm();
  }
}

/**
 * The error for a connection that failed. Only the network code of the platform's error is kept: its
 * messages can quote addresses and bytes.
 */
export function lost(
  code: "source-unavailable" | "source-truncated",
  message: string,
  error: unknown,
  watch: Watch,
): AppError {
  if (watch.isOver) return new AppError("source-unavailable", "The source did not answer in time");
  watch.signal.throwIfAborted();
  return new AppError(code, `${message} (${networkCodeOf(error)})`);
}

function networkCodeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "connection failed";
}
