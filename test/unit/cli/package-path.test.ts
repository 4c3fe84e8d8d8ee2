import { describe, expect, it } from "vitest";
import { packagePaths } from "../../../cli/package-path.ts";

describe("paths of a package", () => {
  it("lie below the target folder", () => {
    const targets = packagePaths("/out", ["bagit.txt", "data/a b/ü%.csv"]);

    expect([...targets]).toEqual([
      ["bagit.txt", "/out/bagit.txt"],
      ["data/a b/ü%.csv", "/out/data/a b/ü%.csv"],
    ]);
  });

  it.each([
    "",
    ".",
    "..",
    "/etc/evil",
    "../evil",
    "data/../../evil",
    "data/./evil",
    "data//evil",
    "data/",
    "data\\evil",
    "C:evil",
    "data/evil\u0000.csv",
    "data/a\nb",
  ])("are refused when they are not plain relative ones: %j", (path) => {
    expect(() => packagePaths("/out", [path])).toThrow("unsafe path");
  });

  it.each([
    ["data/A.csv", "data/a.csv"],
    ["data/\u00FC.csv", "data/u\u0308.csv"],
  ])("are refused when two of them can be one file: %j and %j", (one, other) => {
    expect(() => packagePaths("/out", [one, other])).toThrow("twice");
  });
});
