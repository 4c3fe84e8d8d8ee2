import { describe, expect, it } from "vitest";
import { bagProblems, sha256Of } from "../../../faults/kill/bag-check.ts";

/** A whole bag with one file of three bytes. */
function bag(): Map<string, Buffer> {
  const files = new Map<string, Buffer>([
    ["data/a.csv", Buffer.from("1,2")],
    ["bagit.txt", Buffer.from("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")],
    ["bag-info.txt", Buffer.from("Payload-Oxum: 3.1\n")],
  ]);
  files.set("manifest-sha256.txt", manifestOf(files, "data/"));
  files.set("tagmanifest-sha256.txt", manifestOf(files, "bag", "manifest"));
  return files;
}

function manifestOf(files: ReadonlyMap<string, Buffer>, ...beginnings: string[]): Buffer {
  const lines = [...files]
    .filter(([path]) => beginnings.some((beginning) => path.startsWith(beginning)))
    .map(([path, content]) => `${sha256Of(content)}  ${path}\n`);
  return Buffer.from(lines.join(""));
}

describe("the check of a package by its own tag files", () => {
  it("finds nothing in a whole bag", () => {
    expect(bagProblems(bag())).toEqual([]);
  });

  it("finds a file that is altered, missing or not in a manifest, and a size that is wrong", () => {
    const altered = bag().set("data/a.csv", Buffer.from("1,3"));
    const missing = bag();
    missing.delete("data/a.csv");
    const added = bag().set("data/b.csv", Buffer.from(""));

    expect(bagProblems(altered)).toEqual(["data/a.csv is not as manifest-sha256.txt says"]);
    expect(bagProblems(missing)).toEqual([
      "its Payload-Oxum is wrong",
      "data/a.csv is in manifest-sha256.txt and not there",
    ]);
    expect(bagProblems(added)).toEqual([
      "its Payload-Oxum is wrong",
      "data/b.csv is not in manifest-sha256.txt",
    ]);
  });

  it("finds an altered tag file, and a folder that is no bag", () => {
    const altered = bag().set("bagit.txt", Buffer.from("BagIt-Version: 0.9\n"));

    expect(bagProblems(altered)).toEqual([
      "bagit.txt is none",
      "bagit.txt is not as tagmanifest-sha256.txt says",
    ]);
    expect(bagProblems(new Map())).toContain("bagit.txt is none");
  });
});
