import { zipEntries } from "../../../cli/zip-directory.ts";

/** The entries of an archive in memory with their bytes; throws for what the command line would not take. */
export async function readZip(zip: Buffer) {
  const readAt = async (offset: number, bytes: number) => zip.subarray(offset, offset + bytes);
  const entries = await zipEntries(readAt, zip.length);
  return entries.map(({ path, crc32, bytes, offset }) => ({
    path,
    crc32,
    content: zip.subarray(offset, offset + bytes),
  }));
}
