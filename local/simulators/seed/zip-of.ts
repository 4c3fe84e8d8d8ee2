import { crc32 } from "node:zlib";

const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
/** 1 January 1980, the first date the format knows. */
const DOS_DATE = 0x21;

/** A valid zip archive (APPNOTE 6.3) with one uncompressed text file, the same bytes every time. */
export function zipOf(fileName: string, text: string): Buffer {
  const name = Buffer.from(fileName);
  const data = Buffer.from(text);
  const local = Buffer.alloc(LOCAL_HEADER_BYTES);
  local.writeUInt32LE(0x04034b50, 0);
  writeEntry(local, 4, name, data);
  const central = Buffer.alloc(CENTRAL_HEADER_BYTES);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  writeEntry(central, 6, name, data);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(CENTRAL_HEADER_BYTES + name.length, 12);
  end.writeUInt32LE(LOCAL_HEADER_BYTES + name.length + data.length, 16);
  return Buffer.concat([local, name, data, central, name, end]);
}

/** The 26 bytes that both headers of an entry share. */
function writeEntry(header: Buffer, at: number, name: Buffer, data: Buffer): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(DOS_DATE, at + 8);
  header.writeUInt32LE(crc32(data), at + 10);
  header.writeUInt32LE(data.length, at + 14);
  header.writeUInt32LE(data.length, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}
