/**
 * The records of a zip archive (PKWARE APPNOTE 6.3.10): stored, names in UTF-8, ZIP64 where a size, an offset or
 * the number of entries needs it. Everything follows from the entries alone, so an archive has the same bytes
 * whoever composes it.
 */

/** An entry. `path` ends with `/` for a folder. */
export type ZipEntry = { readonly path: string; readonly bytes: number; readonly crc32: number };

const MAX_32 = 0xffff_ffff;
const MAX_16 = 0xffff;
/** Bit 11: names are UTF-8. */
const UTF8_FLAG = 0x0800;
const VERSION_ZIP64 = 45;
const UNIX = 3 << 8;
const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o040755;
const FOLDER_BIT = 0x10;

/** What stands before the bytes of an entry. `at` is the instant that all entries are dated with. */
export function localHeader({ path, bytes, crc32 }: ZipEntry, at: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  const isLarge = bytes >= MAX_32;
  const extra = isLarge ? zip64Extra([bytes, bytes]) : new Uint8Array();
  const record = new RecordWriter(30);
  record.u32(0x04034b50).u16(VERSION_ZIP64).u16(UTF8_FLAG).u16(0).u32(dosTime(at)).u32(crc32);
  record.u32(Math.min(bytes, MAX_32)).u32(Math.min(bytes, MAX_32));
  record.u16(name.length).u16(extra.length);
  return joined([record.bytes, name, extra]);
}

/** The entry's record in the central directory. `offset` is where its local header begins. */
export function centralRecord(
  { path, bytes, crc32 }: ZipEntry,
  offset: number,
  at: string,
): Uint8Array {
  const name = new TextEncoder().encode(path);
  const sizes = bytes >= MAX_32 ? [bytes, bytes] : [];
  const values = offset >= MAX_32 ? [...sizes, offset] : sizes;
  const extra = values.length > 0 ? zip64Extra(values) : new Uint8Array();
  const isFolder = path.endsWith("/");
  const record = new RecordWriter(46);
  record
    .u32(0x02014b50)
    .u16(UNIX | VERSION_ZIP64)
    .u16(VERSION_ZIP64)
    .u16(UTF8_FLAG)
    .u16(0);
  record.u32(dosTime(at)).u32(crc32).u32(Math.min(bytes, MAX_32)).u32(Math.min(bytes, MAX_32));
  record.u16(name.length).u16(extra.length).u16(0).u16(0).u16(0);
  record.u32(((isFolder ? FOLDER_MODE : FILE_MODE) * 0x1_0000 + (isFolder ? FOLDER_BIT : 0)) >>> 0);
  record.u32(Math.min(offset, MAX_32));
  return joined([record.bytes, name, extra]);
}

/** What ends the archive. */
export function endRecords(
  entries: number,
  directoryOffset: number,
  directoryBytes: number,
): Uint8Array {
  const end = new RecordWriter(22);
  end.u32(0x06054b50).u16(0).u16(0).u16(Math.min(entries, MAX_16)).u16(Math.min(entries, MAX_16));
  end.u32(Math.min(directoryBytes, MAX_32)).u32(Math.min(directoryOffset, MAX_32)).u16(0);
  const isLarge = entries >= MAX_16 || directoryOffset >= MAX_32 || directoryBytes >= MAX_32;
  if (!isLarge) return end.bytes;
  const end64 = new RecordWriter(56);
  end64
    .u32(0x06064b50)
    .u64(44)
    .u16(UNIX | VERSION_ZIP64)
    .u16(VERSION_ZIP64)
    .u32(0)
    .u32(0);
  end64.u64(entries).u64(entries).u64(directoryBytes).u64(directoryOffset);
  const locator = new RecordWriter(20);
  locator
    .u32(0x07064b50)
    .u32(0)
    .u64(directoryOffset + directoryBytes)
    .u32(1);
  return joined([end64.bytes, locator.bytes, end.bytes]);
}

function zip64Extra(values: readonly number[]): Uint8Array {
  const extra = new RecordWriter(4 + 8 * values.length);
  extra.u16(0x0001).u16(8 * values.length);
  for (const value of values) extra.u64(value);
  return extra.bytes;
}

/** Time in the low half, date in the high one, in steps of two seconds, UTC; the format begins with 1980. */
function dosTime(at: string): number {
  const date = new Date(at);
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const day =
    ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  return ((day << 16) | time) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Little-endian numbers, one after another. */
class RecordWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u16(value: number): this {
    this.#view.setUint16(this.#offset, value, true);
    this.#offset += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#offset, value, true);
    this.#offset += 4;
    return this;
  }

  u64(value: number): this {
    this.#view.setBigUint64(this.#offset, BigInt(value), true);
    this.#offset += 8;
    return this;
  }
}
