import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { PackageView } from "../shared/core/wire.ts";
import type { ApiClient } from "./api-client.ts";
import { CommandError } from "./command-error.ts";
import { shownPath } from "./shown-path.ts";
import { verifyZip } from "./verify-zip.ts";

/** What to fetch, and where to. `bytes` of the progress is null while the archive is being composed. */
export type ZipDownload = {
  readonly client: ApiClient;
  readonly requestId: string;
  readonly file: string;
  readonly onProgress: (bytes: number | null, totalBytes: number) => void;
  readonly signal: AbortSignal;
};

/** An archive on this disk that was proven. */
export type ProvenZip = { readonly file: string; readonly files: number; readonly bytes: number };

type Zip = NonNullable<PackageView["zip"]>;

const LOOK_AGAIN_MS = 2_000;
/** A break of the network is worth several tries in a row without a byte more. */
const TRIES = 6;

/**
 * Fetches the package in one file and proves every file in it; waits while it is being composed. What was fetched
 * before is kept beside the target and gone on from. Throws, and leaves the target alone, when it exists and is
 * something else, or when the archive cannot be proven.
 */
export async function downloadZip(download: ZipDownload): Promise<ProvenZip> {
  const { client, requestId, signal } = download;
  const file = resolve(download.file);
  const { view, zip } = await untilComposed(download);
  const proven = { file, files: view.files.length, bytes: zip.bytes };
  if ((await sizeOf(file)) !== null) {
    await verifyZip(file, view.files, signal);
    return proven;
  }
  await mkdir(dirname(file), { recursive: true });
  const partFile = `${file}.${requestId.slice(0, 8)}.part`;
  await fetchAll(download, partFile, zip);
  try {
    await verifyZip(partFile, (await client.getPackage(requestId)).files, signal);
  } catch (error) {
    if (!signal.aborted) await rm(partFile, { force: true });
    throw error;
  }
  await rename(partFile, file);
  return proven;
}

async function untilComposed({ client, requestId, onProgress, signal }: ZipDownload) {
  for (;;) {
    const view = await client.getPackage(requestId);
    if (view.zip !== null) return { view, zip: view.zip };
    onProgress(null, 0);
    await delay(LOOK_AGAIN_MS, undefined, { signal });
  }
}

async function fetchAll(
  { client, requestId, onProgress, signal }: ZipDownload,
  partFile: string,
  first: Zip,
): Promise<void> {
  let zip = first;
  let tries = 0;
  for (;;) {
    const have = (await sizeOf(partFile)) ?? 0;
    if (have === zip.bytes) return;
    const offset = have < zip.bytes ? have : 0;
    const onBytes = (bytes: number) => onProgress(offset + bytes, zip.bytes);
    const failure = await fetchFrom(zip, partFile, offset, { onBytes, signal });
    if (failure === null) continue;
    tries = ((await sizeOf(partFile)) ?? 0) > have ? 1 : tries + 1;
    if (tries >= TRIES) {
      throw new CommandError(
        `The package could not be fetched: ${failure}. Run it again to go on.`,
      );
    }
    await delay(125 * 2 ** tries, undefined, { signal });
    // The link may have run out.
    zip = (await client.getPackage(requestId)).zip ?? zip;
  }
}

/** Null when all bytes came, else why they did not. What came is kept. */
async function fetchFrom(
  { url, bytes }: Zip,
  partFile: string,
  offset: number,
  { onBytes, signal }: { onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<string | null> {
  if (!url.startsWith("https:")) throw new CommandError("The link of the package is not HTTPS.");
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      onBytes(received);
      done(offset + received > bytes ? new Error("longer than announced") : null, chunk);
    },
  });
  try {
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await fetch(url, { headers, signal, redirect: "error" });
    if (response.status !== (offset === 0 ? 200 : 206) || response.body === null) {
      await response.body?.cancel();
      return `storage answers HTTP ${response.status}`;
    }
    const output = createWriteStream(partFile, { mode: 0o600, flags: offset === 0 ? "w" : "a" });
    await pipeline(Readable.fromWeb(response.body), count, output);
    return offset + received === bytes ? null : "the connection ended early";
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && "syscall" in error && "path" in error) throw error;
    return "the connection broke";
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  throw new CommandError(`${shownPath(file)} is not a file. Name another with --out.`, {
    exitCode: 2,
  });
}
