import { describe, expect, it } from "vitest";
import { readRange } from "../../../local/simulators/storage/byte-range.ts";

describe("readRange", () => {
  it.each([
    ["bytes=0-9", 0, 9],
    ["bytes=90-", 90, 99],
    ["bytes=90-200", 90, 99],
    ["bytes=-10", 90, 99],
    ["bytes=-200", 0, 99],
  ])("takes %s of 100 bytes as %i to %i", (header, first, last) => {
    expect(readRange(header, 100)).toEqual({ kind: "part", range: { first, last } });
  });

  it.each([undefined, "bytes=", "bytes=-", "bytes=9-0", "bytes=0-1,5-6", "items=0-9"])(
    "ignores %s",
    (header) => {
      expect(readRange(header, 100)).toEqual({ kind: "whole" });
    },
  );

  it.each(["bytes=100-", "bytes=-0"])("can't satisfy %s of 100 bytes", (header) => {
    expect(readRange(header, 100)).toEqual({ kind: "unsatisfiable" });
  });
});
