import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyBag } from "../../../cli/verify-bag.ts";
import { sampleBag } from "../../support/cli/sample-bag.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const { signal } = new AbortController();

describe("a bag on disk", () => {
  it("is valid when everything is listed, there and right", async () => {
    await using folder = await writtenBag();

    const content = await verifyBag(folder.path, signal);

    expect(content).toEqual({ payloadFiles: 3, payloadBytes: 2_000_015 });
  });

  it.each([
    ["one byte differs", "data/contoso-churn/experiments/100%.json", "[]", "100%.json differs"],
    ["a file is not listed", "data/extra.csv", "x", "data/extra.csv is not listed in the manifest"],
    ["a tag file differs", "bag-info.txt", "Payload-Oxum: 2000015.3", "bag-info.txt differs"],
    [
      "the size is wrong",
      "bag-info.txt",
      "Payload-Oxum: 1.1",
      "Payload-Oxum is 1.1, not 2000015.3",
    ],
    ["it declares nothing", "bagit.txt", "", "bagit.txt does not declare BagIt 1.0"],
    ["a manifest line is damaged", "manifest-sha256.txt", "00  data/a", "cannot be understood"],
    ["the manifest is empty", "manifest-sha256.txt", "", "manifest-sha256.txt differs"],
    [
      "the tag manifest is empty",
      "tagmanifest-sha256.txt",
      "",
      "tagmanifest-sha256.txt is missing or empty",
    ],
  ])("is not valid when %s", async (_case, path, text, problem) => {
    await using folder = await writtenBag();
    await writeFile(join(folder.path, path), text);

    await expect(verifyBag(folder.path, signal)).rejects.toThrow(problem);
  });

  it("is not valid when a file is missing", async () => {
    await using folder = await writtenBag();
    await rm(join(folder.path, "data/contoso-churn/large.bin"));

    await expect(verifyBag(folder.path, signal)).rejects.toThrow("large.bin is missing");
  });

  it("never reads a file outside, whatever the manifest names", async () => {
    await using folder = await writtenBag();
    const line = `${"0".repeat(64)}  ../../etc/passwd\n`;
    await writeFile(join(folder.path, "manifest-sha256.txt"), line);

    await expect(verifyBag(folder.path, signal)).rejects.toThrow("unsafe path");
  });
});

async function writtenBag() {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(sampleBag())) {
    const target = join(folder.path, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  return folder;
}
