import { crc32 } from "node:zlib";
import { centralRecord, endRecords, localHeader } from "../../../shared/core/zip.ts";

/** The archive of a package with these texts by path, in one folder. */
export function makeZip(files: Readonly<Record<string, string>>): Buffer {
  const at = "2026-03-02T09:00:00.000Z";
  const contents = [["data/", ""], ...Object.entries(files)] as const;
  const [pieces, records]: [Uint8Array[], Uint8Array[]] = [[], []];
  let offset = 0;
  for (const [path, text] of contents) {
    const content = Buffer.from(text);
    const entry = { path: `package/${path}`, bytes: content.length, crc32: crc32(content) };
    const header = localHeader(entry, at);
    pieces.push(header, content);
    records.push(centralRecord(entry, offset, at));
    offset += header.length + content.length;
  }
  const directory = Buffer.concat(records);
  return Buffer.concat([
    ...pieces,
    directory,
    endRecords(contents.length, offset, directory.length),
  ]);
}
