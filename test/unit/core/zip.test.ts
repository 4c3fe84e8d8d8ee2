import { describe, expect, it } from "vitest";
import { centralRecord, endRecords, localHeader } from "../../../shared/core/zip.ts";
import { readZip } from "../../support/zip/read-zip.ts";

const AT = "2026-03-02T09:41:37.000Z";
const GIB = 1024 ** 3;

describe("the records of a zip", () => {
  it("make an archive of stored entries with their names in UTF-8", async () => {
    const entry = { path: "package/data/grün 🦊.txt", bytes: 3, crc32: 0x352441c2 };
    const header = localHeader(entry, AT);
    const record = centralRecord(entry, 0, AT);
    const end = endRecords(1, header.length + 3, record.length);

    const entries = await readZip(Buffer.concat([header, Buffer.from("abc"), record, end]));

    expect(entries).toEqual([{ path: entry.path, crc32: 0x352441c2, content: Buffer.from("abc") }]);
  });

  it("are dated in steps of two seconds", () => {
    const header = Buffer.from(localHeader({ path: "a", bytes: 0, crc32: 0 }, AT));

    const [time, date] = [header.readUInt16LE(10), header.readUInt16LE(12)];
    expect([time >> 11, (time >> 5) & 63, (time & 31) * 2]).toEqual([9, 41, 36]);
    expect([1980 + (date >> 9), (date >> 5) & 15, date & 31]).toEqual([2026, 3, 2]);
  });

  it("tell sizes and offsets from 4 GiB on in ZIP64", () => {
    const entry = { path: "a", bytes: 5 * GIB, crc32: 1 };

    const header = Buffer.from(localHeader(entry, AT));
    const record = Buffer.from(centralRecord(entry, 6 * GIB, AT));

    expect(header.readUInt32LE(18)).toBe(0xffffffff);
    expect(header.readBigUInt64LE(30 + 1 + 4)).toBe(BigInt(5 * GIB));
    expect(record.readBigUInt64LE(46 + 1 + 4)).toBe(BigInt(5 * GIB));
    expect(record.readBigUInt64LE(46 + 1 + 4 + 16)).toBe(BigInt(6 * GIB));
    expect(record.readUInt32LE(42)).toBe(0xffffffff);
  });

  it.each([
    [65_534, 100, 22],
    [65_535, 100, 98],
    [1, 4 * GIB, 98],
  ])("end %i entries at %i with %i bytes", (entries, offset, bytes) => {
    expect(endRecords(entries, offset, 100)).toHaveLength(bytes);
  });
});
