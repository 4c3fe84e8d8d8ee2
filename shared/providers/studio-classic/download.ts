import { AppError } from "../../errors.ts";
import type { OpenedFile } from "../../pipeline/ports.ts";
import { failureOf } from "../failure.ts";
import type { StreamAnswer, Transport } from "../http.ts";
import { downloadLink } from "./client.ts";
import type { DownloadLocation } from "./shapes.ts";

/** A place in a file: the bytes before `offset` were read from the version `tag` (a strong ETag). */
export type Resume = { readonly offset: number; readonly tag: string };

/** A file behind a link: the link at hand, and how a fresh one is had; null when there is none any more. */
export type Linked = {
  readonly location: DownloadLocation;
  readonly renew: () => Promise<DownloadLocation | null>;
};

/** Asks for the bytes with these headers. */
type Fetch = (headers: Readonly<Record<string, string>>) => Promise<StreamAnswer>;

/** How much of an error page is read to find its code. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Opens the file behind a link at `resume`, as `openContent` does. A link that is refused is asked for once more: it
 * may have run out. The link goes without any token.
 *
 * Throws `asset-not-found` when there is no content any more, `workspace-unreadable` when a fresh link is refused:
 * the storage is closed then, not the workspace.
 */
export async function openLink(
  transport: Transport,
  { location, renew }: Linked,
  resume: Resume | null,
): Promise<OpenedFile> {
  let link = location;
  let mayRenew = true;
  const fetch: Fetch = async (headers) => {
    const answer = await transport.fetchStream({ method: "GET", url: downloadLink(link), headers });
    if (answer.status !== 403 || !mayRenew) return answer;
    await answer.discard();
    mayRenew = false;
    link = await renewed(renew);
    return fetch(headers);
  };
  try {
    return await openContent(fetch, location.Size, resume);
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === "workspace-denied";
    throw isRefused ? new AppError("workspace-unreadable", error.message) : error;
  }
}

async function renewed(renew: Linked["renew"]): Promise<DownloadLocation> {
  const location = await renew();
  if (location !== null) return location;
  throw new AppError("asset-not-found", "The asset has no content at its source any more");
}

/**
 * Opens what `fetch` gives at `resume`, or at 0 when the source no longer has that version or cannot continue
 * (RFC 9110, 13.1.5 and 14.2). `catalogueBytes` is the size that the service tells elsewhere, 0 when it tells none.
 *
 * The stream throws `source-truncated` when it ends before `Content-Length` or before the size in the
 * catalogue. Throws as `failureOf` says, and `source-invalid` when the bytes would come in another encoding than
 * stored.
 */
export async function openContent(
  fetch: Fetch,
  catalogueBytes: number,
  resume: Resume | null,
): Promise<OpenedFile> {
  const from = resume !== null && resume.offset > 0 && isStrong(resume.tag) ? resume : null;
  const answer = await fetch({ "accept-encoding": "identity", ...rangeOf(from) });
  if (from !== null && cannotContinue(answer, from)) {
    await answer.discard();
    return openContent(fetch, catalogueBytes, null);
  }
  if (answer.status !== 200 && (answer.status !== 206 || from === null)) {
    throw failureOf({ ...answer, body: await errorTextOf(answer) });
  }
  return opened(answer, catalogueBytes);
}

function rangeOf(resume: Resume | null): Record<string, string> {
  return resume === null ? {} : { range: `bytes=${resume.offset}-`, "if-range": resume.tag };
}

/** A range that cannot be had, or a part that is not the one asked for: another place or version. */
function cannotContinue({ status, headers }: StreamAnswer, { offset, tag }: Resume): boolean {
  if (status === 416) return true;
  return status === 206 && (partOf(headers)?.start !== offset || headers.get("etag") !== tag);
}

async function opened(answer: StreamAnswer, catalogueBytes: number): Promise<OpenedFile> {
  const { status, headers } = answer;
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    await answer.discard();
    throw new AppError("source-invalid", "The source sends the content in an encoding of its own");
  }
  const length = headers.get("content-length");
  const bodyBytes = length === null ? null : Number(length);
  const part = status === 206 ? partOf(headers) : null;
  const offset = part?.start ?? 0;
  const tag = headers.get("etag");
  return {
    body: complete(answer.body, bodyBytes, catalogueBytes - offset),
    offset,
    totalBytes: part === null ? bodyBytes : part.totalBytes,
    tag: tag !== null && isStrong(tag) ? tag : null,
  };
}

/** The same bytes; throws at the end when there were fewer than announced. */
async function* complete(
  body: AsyncIterable<Uint8Array>,
  bodyBytes: number | null,
  catalogueBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  for await (const chunk of body) {
    received += chunk.length;
    yield chunk;
  }
  if ((bodyBytes !== null && received !== bodyBytes) || received < catalogueBytes) {
    throw new AppError("source-truncated", "The source sent fewer bytes than it has announced");
  }
}

/** The part that `Content-Range: bytes 5-9/10` tells; the total can be `*`, unknown. */
function partOf(headers: Headers): { start: number; totalBytes: number | null } | null {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (range === null) return null;
  return { start: Number(range[1]), totalBytes: range[2] === "*" ? null : Number(range[2]) };
}

/** Only a strong ETag promises the same bytes (RFC 9110, 8.8.1). */
function isStrong(tag: string): boolean {
  return tag.startsWith('"');
}

/** The beginning of an answer that is no success: enough to find its code. */
export async function errorTextOf(answer: StreamAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
