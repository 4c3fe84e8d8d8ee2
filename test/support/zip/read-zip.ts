/** Reads a zip archive as PKWARE APPNOTE 6.3.10 has it, without the code that makes one. */

/** An entry as the central directory tells of it. */
export type Entry = {
  readonly path: string;
  readonly crc32: number;
  readonly content: Buffer;
};

/** What is wrong is thrown: a record that is not where it should be, or tells something else than another. */
export function readZip(zip: Buffer): Entry[] {
  const { entries, offset, bytes } = directoryOf(zip);
  const found: Entry[] = [];
  let at = offset;
  let next = 0;
  for (let index = 0; index < entries; index += 1) {
    expectSignature(zip, at, 0x02014b50);
    const record = centralRecord(zip, at);
    if (record.localOffset !== next) throw new Error(`${record.path} leaves a gap`);
    const { contentOffset } = localHeader(zip, record);
    const content = zip.subarray(contentOffset, contentOffset + record.bytes);
    found.push({ path: record.path, crc32: record.crc32, content });
    at = record.end;
    next = contentOffset + record.bytes;
  }
  if (next !== offset) throw new Error("There are bytes before the directory that nothing names");
  if (at !== offset + bytes) throw new Error("The directory has another size than is told");
  return found;
}

function directoryOf(zip: Buffer): { entries: number; offset: number; bytes: number } {
  const end = zip.length - 22;
  expectSignature(zip, end, 0x06054b50);
  const [entries, bytes, offset] = [
    zip.readUInt16LE(end + 10),
    zip.readUInt32LE(end + 12),
    zip.readUInt32LE(end + 16),
  ];
  if (entries !== 0xffff && bytes !== 0xffffffff && offset !== 0xffffffff) {
    return { entries, bytes, offset };
  }
  expectSignature(zip, end - 20, 0x07064b50);
  const end64 = Number(zip.readBigUInt64LE(end - 20 + 8));
  expectSignature(zip, end64, 0x06064b50);
  return {
    entries: Number(zip.readBigUInt64LE(end64 + 32)),
    bytes: Number(zip.readBigUInt64LE(end64 + 40)),
    offset: Number(zip.readBigUInt64LE(end64 + 48)),
  };
}

type Record = {
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
  readonly localOffset: number;
  readonly end: number;
};

function centralRecord(zip: Buffer, at: number): Record {
  if (zip.readUInt16LE(at + 8) !== 0x0800) throw new Error("A name is not told to be UTF-8");
  if (zip.readUInt16LE(at + 10) !== 0) throw new Error("An entry is not stored");
  const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
  const end = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  const values = zip64Values(zip, nameEnd, end);
  const wide = (narrow: number) => (narrow === 0xffffffff ? Number(values.shift()) : narrow);
  const bytes = wide(zip.readUInt32LE(at + 24));
  if (wide(zip.readUInt32LE(at + 20)) !== bytes) throw new Error("Stored sizes differ");
  return {
    path: zip.toString("utf8", at + 46, nameEnd),
    bytes,
    crc32: zip.readUInt32LE(at + 16),
    localOffset: wide(zip.readUInt32LE(at + 42)),
    end,
  };
}

function localHeader(zip: Buffer, { path, crc32, localOffset }: Record): { contentOffset: number } {
  expectSignature(zip, localOffset, 0x04034b50);
  const nameEnd = localOffset + 30 + zip.readUInt16LE(localOffset + 26);
  if (zip.toString("utf8", localOffset + 30, nameEnd) !== path)
    throw new Error("Two names for one");
  if (zip.readUInt32LE(localOffset + 14) !== crc32) throw new Error("Two checksums for one entry");
  return { contentOffset: nameEnd + zip.readUInt16LE(localOffset + 28) };
}

function zip64Values(zip: Buffer, from: number, to: number): bigint[] {
  if (from === to) return [];
  if (zip.readUInt16LE(from) !== 0x0001) throw new Error("An extra field is not ZIP64");
  const count = zip.readUInt16LE(from + 2) / 8;
  return Array.from({ length: count }, (_, index) => zip.readBigUInt64LE(from + 4 + index * 8));
}

function expectSignature(zip: Buffer, at: number, signature: number): void {
  const found = at < 0 || at + 4 > zip.length ? null : zip.readUInt32LE(at);
  if (found !== signature) throw new Error(`There is no ${signature.toString(16)} at ${at}`);
}
