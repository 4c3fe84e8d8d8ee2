import { type ServerResponse, STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bodyStream, type Reply } from "./reply.ts";

/**
 * Writes a reply. With `cutAfterBytes` the connection breaks after so many body bytes, while
 * `Content-Length` still announces them all. A caller that leaves early is not an error.
 */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  cutAfterBytes: number | null,
): Promise<void> {
  const headers: Record<string, string | number> = { ...reply.headers };
  if (typeof reply.body === "string") headers["Content-Length"] = Buffer.byteLength(reply.body);
  // A null body needs its length only where HTTP allows one. That of a HEAD is told already.
  if (reply.body === null && reply.status !== 204 && reply.status !== 304) {
    headers["Content-Length"] ??= 0;
  }
  response.writeHead(reply.status, reasonPhrase(reply), headers);
  if (cutAfterBytes !== null) {
    await sendBeginning(response, bodyStream(reply), cutAfterBytes);
  } else if (reply.body instanceof Readable) {
    await sendStream(response, reply.body);
  } else {
    response.end(reply.body ?? undefined);
  }
}

/** Printable ASCII only: Node refuses other characters in a status line. */
function reasonPhrase(reply: Reply): string {
  const text = reply.reason ?? STATUS_CODES[reply.status] ?? "";
  return text.replace(/[^\x20-\x7e]+/g, " ");
}

async function sendStream(response: ServerResponse, body: Readable): Promise<void> {
  try {
    await pipeline(body, response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}

async function sendBeginning(
  response: ServerResponse,
  body: Readable,
  limitBytes: number,
): Promise<void> {
  response.flushHeaders();
  let leftBytes = limitBytes;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (leftBytes === 0 || response.destroyed) break;
    const part = chunk.subarray(0, leftBytes);
    leftBytes -= part.length;
    await flushed(response, part);
  }
  response.destroy();
}

/** Resolves when the bytes have left for the network, so that the break does not swallow them. */
function flushed(response: ServerResponse, part: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.write(part, () => resolve());
  });
}
