import type { Switches } from "../control/switches.ts";
import type { StoredBlob } from "../estate/workspace.ts";
import { emptyReply, type Reply } from "../http/reply.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { readRange } from "./byte-range.ts";

/**
 * The bytes of a blob, or the single range asked for, with `If-Range` on the entity tag (RFC 9110).
 * The switches may spoil the length or the content type.
 */
export function sendBlob(request: SimulatorRequest, blob: StoredBlob, switches: Switches): Reply {
  const { sizeBytes, etag } = blob.content;
  const common = {
    ETag: etag,
    "Accept-Ranges": "bytes",
    ...contentTypeHeader(blob, switches.contentType),
  };
  const condition = request.header("if-range");
  const isUnchanged = condition === undefined || condition === etag;
  const asked = isUnchanged ? readRange(request.header("range"), sizeBytes) : readRange("", 0);
  if (asked.kind === "unsatisfiable") {
    return emptyReply(416, { ...common, "Content-Range": `bytes */${sizeBytes}` });
  }
  const range = asked.kind === "part" ? asked.range : { first: 0, last: sizeBytes - 1 };
  const headers = {
    ...common,
    ...lengthHeader(range.last - range.first + 1, switches.contentLength),
    ...(asked.kind === "part" && {
      "Content-Range": `bytes ${range.first}-${range.last}/${sizeBytes}`,
    }),
  };
  const body = sizeBytes === 0 ? null : blob.content.open(range);
  return { status: asked.kind === "part" ? 206 : 200, headers, body };
}

function contentTypeHeader(
  blob: StoredBlob,
  position: "octet-stream" | "by-data-type" | "absent",
): Record<string, string> {
  if (position === "absent") return {};
  const isByType = position === "by-data-type";
  return { "Content-Type": isByType ? blob.contentType : "application/octet-stream" };
}

function lengthHeader(
  lengthBytes: number,
  position: "sent" | "chunked" | "wrong",
): Record<string, string> {
  if (position === "chunked") return {};
  // Closing is what tells the caller that the promised byte never comes.
  if (position === "wrong")
    return { "Content-Length": String(lengthBytes + 1), Connection: "close" };
  return { "Content-Length": String(lengthBytes) };
}
