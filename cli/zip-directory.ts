/** Reads what a zip archive holds (PKWARE APPNOTE 6.3.10), as far as packages use the format: stored, UTF-8, ZIP64. */

/** Gives bytes of the archive; fewer than asked for only at its end. */
export type ReadAt = (offset: number, bytes: number) => Promise<Buffer>;

/** An entry: its bytes begin at `offset`. A folder's path ends with `/`. */
export type ZipEntry = {
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
  readonly offset: number;
};

const MAX_16 = 0xffff;
const MAX_32 = 0xffff_ffff;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;

/**
 * The entries in order. Throws a plain error, for the caller to put into a sentence, when a record is not where it
 * should be, two records tell different things of one entry, or there are bytes that no record names.
 */
export async function zipEntries(readAt: ReadAt, archiveBytes: number): Promise<ZipEntry[]> {
  const { count, offset, bytes } = await findDirectory(readAt, archiveBytes);
  const directory = await readAt(offset, bytes);
  const entries: ZipEntry[] = [];
  let [at, next] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const record = directoryRecord(directory, at);
    if (record.headerOffset !== next) throw new Error("entries are not one after another");
    const contentOffset = await expectHeader(readAt, record);
    const { path, bytes: entryBytes, crc32 } = record;
    entries.push({ path, bytes: entryBytes, crc32, offset: contentOffset });
    at = record.end;
    next = contentOffset + entryBytes;
  }
  if (next !== offset || at !== bytes) throw new Error("there are bytes that nothing names");
  return entries;
}

type Directory = { readonly count: number; readonly offset: number; readonly bytes: number };

async function findDirectory(readAt: ReadAt, archiveBytes: number): Promise<Directory> {
  const end = await readAt(archiveBytes - END_BYTES, END_BYTES);
  expectSignature(end, 0, 0x06054b50);
  const [count, bytes, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (count !== MAX_16 && bytes !== MAX_32 && offset !== MAX_32) return { count, offset, bytes };
  const locator = await readAt(archiveBytes - END_BYTES - LOCATOR_BYTES, LOCATOR_BYTES);
  expectSignature(locator, 0, 0x07064b50);
  const end64 = await readAt(Number(locator.readBigUInt64LE(8)), 56);
  expectSignature(end64, 0, 0x06064b50);
  return {
    count: Number(end64.readBigUInt64LE(32)),
    bytes: Number(end64.readBigUInt64LE(40)),
    offset: Number(end64.readBigUInt64LE(48)),
  };
}

type DirectoryRecord = Omit<ZipEntry, "offset"> & {
  readonly headerOffset: number;
  readonly end: number;
};

function directoryRecord(directory: Buffer, at: number): DirectoryRecord {
  expectSignature(directory, at, 0x02014b50);
  if (directory.readUInt16LE(at + 8) !== 0x0800) throw new Error("a name is not UTF-8");
  if (directory.readUInt16LE(at + 10) !== 0) throw new Error("an entry is compressed");
  const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
  const end = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  const wideValues = zip64Values(directory.subarray(nameEnd, end));
  const wide = (value: number) => (value === MAX_32 ? Number(wideValues.shift()) : value);
  const bytes = wide(directory.readUInt32LE(at + 24));
  if (wide(directory.readUInt32LE(at + 20)) !== bytes) throw new Error("two sizes for one entry");
  return {
    path: directory.toString("utf8", at + 46, nameEnd),
    bytes,
    crc32: directory.readUInt32LE(at + 16),
    headerOffset: wide(directory.readUInt32LE(at + 42)),
    end,
  };
}

/** Where the content begins. */
async function expectHeader(
  readAt: ReadAt,
  { path, crc32, headerOffset }: DirectoryRecord,
): Promise<number> {
  const nameBytes = Buffer.byteLength(path);
  const header = await readAt(headerOffset, 30 + nameBytes);
  expectSignature(header, 0, 0x04034b50);
  if (header.toString("utf8", 30) !== path || header.readUInt16LE(26) !== nameBytes) {
    throw new Error("two names for one entry");
  }
  if (header.readUInt32LE(14) !== crc32) throw new Error("two checksums for one entry");
  return headerOffset + header.length + header.readUInt16LE(28);
}

function zip64Values(extra: Buffer): bigint[] {
  if (extra.length === 0) return [];
  if (extra.readUInt16LE(0) !== 0x0001) throw new Error("an entry has fields that are not known");
  const count = extra.readUInt16LE(2) / 8;
  return Array.from({ length: count }, (_, index) => extra.readBigUInt64LE(4 + index * 8));
}

function expectSignature(bytes: Buffer, at: number, signature: number): void {
  if (bytes.length < at + 4 || bytes.readUInt32LE(at) !== signature) {
    throw new Error("a record is not where it should be");
  }
}
