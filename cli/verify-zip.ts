import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { PackageView } from "../shared/core/wire.ts";
import { CommandError } from "./command-error.ts";
import { shownPath } from "./shown-path.ts";
import { type ZipEntry, zipEntries } from "./zip-directory.ts";

type PackageFile = PackageView["files"][number];

const CHUNK_BYTES = 1024 * 1024;

/**
 * Proves that an archive is the package: every file that the API lists is in it, in one folder, with its size,
 * SHA-256 and CRC-32, and nothing else is. Throws with what is wrong first.
 */
export async function verifyZip(
  file: string,
  files: readonly PackageFile[],
  signal: AbortSignal,
): Promise<void> {
  const handle = await open(file);
  try {
    await verify(handle, files, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`${shownPath(file)} is not the package: ${why}.`, { cause });
  } finally {
    await handle.close();
  }
}

async function verify(
  handle: FileHandle,
  files: readonly PackageFile[],
  signal: AbortSignal,
): Promise<void> {
  const readAt = async (offset: number, bytes: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer.subarray(0, bytesRead);
  };
  const [folder, ...entries] = await zipEntries(readAt, (await handle.stat()).size);
  const root = /^([^/]+\/)data\/$/.exec(folder?.path ?? "")?.[1];
  if (root === undefined) throw new Error("it has no folder for the payload");
  const wanted = new Map(files.map((file) => [`${root}${file.path}`, file]));
  for (const entry of entries) {
    const file = wanted.get(entry.path);
    if (file === undefined) throw new Error(`${entry.path} does not belong to the package`);
    wanted.delete(entry.path);
    await verifyEntry(handle, entry, file, signal);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) throw new Error(`${missing} is missing`);
}

async function verifyEntry(
  handle: FileHandle,
  { path, bytes, offset, crc32: checksum }: ZipEntry,
  file: PackageFile,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(bytes, 1)));
  let [done, crc] = [0, 0];
  while (done < bytes) {
    signal.throwIfAborted();
    const length = Math.min(chunk.length, bytes - done);
    const { bytesRead } = await handle.read(chunk, 0, length, offset + done);
    if (bytesRead === 0) throw new Error(`${path} is cut short`);
    const read = chunk.subarray(0, bytesRead);
    hash.update(read);
    crc = crc32(read, crc);
    done += bytesRead;
  }
  const isRight = bytes === file.bytes && hash.digest("hex") === file.sha256 && crc === checksum;
  if (!isRight) throw new Error(`${path} differs from its SHA-256`);
}
