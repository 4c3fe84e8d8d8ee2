import { centralRecord, endRecords, localHeader, type ZipEntry } from "../core/zip.ts";
import type { PackageFile } from "./package-files.ts";

/** The archive of a package as pieces in order, in constant memory: the list of files is walked again and again. */

/** A piece of the archive: bytes of its own, or a file of the package. */
export type ZipPiece = { readonly bytes: Uint8Array } | { readonly file: PackageFile };

/** What to archive: the files, as often as they are asked for; the folder they lie in; their date. */
export type ZipSource = {
  readonly files: () => AsyncIterable<PackageFile>;
  readonly folder: string;
  readonly at: string;
};

/**
 * The pieces of the archive. All entries lie in one folder, which is the bag (RFC 8493, 4); the payload's folder
 * is there even when it is empty.
 */
export async function* zipPieces(source: ZipSource): AsyncGenerator<ZipPiece> {
  const { at } = source;
  let [offset, entries, directoryBytes] = [0, 0, 0];
  for await (const { entry, file } of entriesOf(source)) {
    const header = localHeader(entry, at);
    yield { bytes: header };
    if (file !== null) yield { file };
    offset += header.length + entry.bytes;
  }
  const directoryOffset = offset;
  offset = 0;
  for await (const { entry } of entriesOf(source)) {
    const record = centralRecord(entry, offset, at);
    yield { bytes: record };
    offset += localHeader(entry, at).length + entry.bytes;
    entries += 1;
    directoryBytes += record.length;
  }
  yield { bytes: endRecords(entries, directoryOffset, directoryBytes) };
}

/** The size of the archive. */
export async function zipBytes(source: ZipSource): Promise<number> {
  let bytes = 0;
  for await (const piece of zipPieces(source)) bytes += sizeOf(piece);
  return bytes;
}

async function* entriesOf({ files, folder }: ZipSource): AsyncGenerator<{
  entry: ZipEntry;
  file: PackageFile | null;
}> {
  yield { entry: { path: `${folder}/data/`, bytes: 0, crc32: 0 }, file: null };
  for await (const file of files()) {
    const { path, bytes, crc32 } = file;
    yield { entry: { path: `${folder}/${path}`, bytes, crc32 }, file };
  }
}

/** A part of a block: where it goes, and the bytes, or which bytes of which file. */
export type ZipPart = { readonly at: number; readonly length: number } & (
  | { readonly bytes: Uint8Array }
  | { readonly file: PackageFile; readonly offset: number }
);

/** A block of the archive: its place in it, and its parts in order. */
export type ZipBlock = {
  readonly number: number;
  readonly bytes: number;
  readonly parts: ZipPart[];
};

/** Cuts the archive into blocks of one size; the last may be shorter. */
export async function* zipBlocks(
  pieces: AsyncIterable<ZipPiece>,
  blockBytes: number,
): AsyncGenerator<ZipBlock> {
  let [number, filled] = [0, 0];
  let parts: ZipPart[] = [];
  for await (const piece of pieces) {
    const size = sizeOf(piece);
    for (let done = 0; done < size; ) {
      const length = Math.min(size - done, blockBytes - filled);
      parts.push({ at: filled, length, ...partOf(piece, done, length) });
      done += length;
      filled += length;
      if (filled < blockBytes) continue;
      yield { number, bytes: filled, parts };
      [number, filled, parts] = [number + 1, 0, []];
    }
  }
  if (filled > 0) yield { number, bytes: filled, parts };
}

function partOf(piece: ZipPiece, offset: number, length: number) {
  return "file" in piece
    ? { file: piece.file, offset }
    : { bytes: piece.bytes.subarray(offset, offset + length) };
}

function sizeOf(piece: ZipPiece): number {
  return "file" in piece ? piece.file.bytes : piece.bytes.length;
}
