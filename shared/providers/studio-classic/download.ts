import { AppError } from "../../errors.ts";
import type { OpenedFile } from "../../pipeline/ports.ts";
import { failureOf } from "../failure.ts";
import type { StreamAnswer, Transport } from "../http.ts";
import { downloadLink } from "./client.ts";
import type { Dataset } from "./shapes.ts";

/** A place in a file: the bytes before `offset` were read from the version `tag` (a strong ETag). */
export type Resume = { readonly offset: number; readonly tag: string };

type Download = {
  readonly transport: Transport;
  /** Reads the data set again: each reading gives a fresh link. */
  readonly locate: () => Promise<Dataset>;
  readonly resume: Resume | null;
  readonly mayRenewLink: boolean;
};

/** How much of an error page is read to find its code. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Opens the content of a data set at `resume`, or at 0 when the source no longer has that version or cannot
 * continue (RFC 9110, 13.1.5 and 14.2). A link that is refused is asked for once more: it may have run out.
 *
 * The stream throws `source-truncated` when it ends before `Content-Length` or before the size in the
 * catalogue. Throws `asset-not-found` when there is no content any more, `source-invalid` when the bytes would
 * come in another encoding than stored, `workspace-unreadable` when a fresh link is refused: the storage is
 * closed then, not the workspace.
 */
export function openContent(
  transport: Transport,
  locate: () => Promise<Dataset>,
  resume: Resume | null,
): Promise<OpenedFile> {
  const canResume = resume !== null && resume.offset > 0 && isStrong(resume.tag);
  return open({ transport, locate, resume: canResume ? resume : null, mayRenewLink: true });
}

async function open(download: Download): Promise<OpenedFile> {
  const { transport, locate, resume, mayRenewLink } = download;
  const dataset = await locate();
  if (!dataset.DownloadLocation) {
    throw new AppError("asset-not-found", "The data set has no content at its source any more");
  }
  const answer = await transport.fetchStream({
    method: "GET",
    url: downloadLink(dataset.DownloadLocation),
    headers: { "accept-encoding": "identity", ...rangeOf(resume) },
  });
  if (answer.status === 403 && mayRenewLink) {
    await answer.discard();
    return open({ ...download, mayRenewLink: false });
  }
  if (resume !== null && cannotContinue(answer, resume)) {
    await answer.discard();
    return open({ ...download, resume: null });
  }
  if (answer.status !== 200 && (answer.status !== 206 || resume === null)) {
    const failure = failureOf({ ...answer, body: await startOf(answer) });
    throw failure.code === "workspace-denied"
      ? new AppError("workspace-unreadable", failure.message)
      : failure;
  }
  return opened(answer, dataset.Size);
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

async function startOf(answer: StreamAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
