import { beforeEach, describe, expect, it } from "vitest";
import { packageIndexSchema } from "../../../shared/core/package-index.ts";
import { AppError } from "../../../shared/errors.ts";
import { type Bag, bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const HOSTILE = `<img src=x onerror="alert(1)">&'`;

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "abc"), aDataset(HOSTILE, "x"), aDataset("lost.csv", "")]);
  stage.source.onFiles = ({ name }) => {
    if (name === "lost.csv") throw new AppError("workspace-unreadable", "Storage is gone");
  };
});

async function sealedBag(): Promise<Bag> {
  const requestId = await submitted(stage);
  await runToEnd(stage);
  return bagOf(stage, await requestOf(stage, requestId));
}

describe("the index of a package", () => {
  it("has every asset with its original name, its files and what became of it, in its schema", async () => {
    const { tags, payload, problems } = await sealedBag();

    const index = packageIndexSchema.parse(JSON.parse(String(tags["index.json"])));
    expect(problems).toEqual([]);
    expect(index.assets.map(({ name, status }) => [name, status])).toEqual([
      ["a.csv", "exported"],
      [HOSTILE, "exported"],
      ["lost.csv", "failed"],
    ]);
    expect(index.assets.flatMap(({ files }) => files.map(({ path }) => path)).sort()).toEqual(
      Object.keys(payload),
    );
    expect(index.assets[2]?.missing).toEqual([
      {
        file: null,
        reason: "workspace-unreadable",
        detail: "The workspace's storage cannot be read",
      },
    ]);
    expect(index.totals).toMatchObject({ assets: 3, exported: 2, failed: 1, files: 4 });
    expect(index.kinds.map(({ kind, assets }) => [kind, assets])).toEqual([["dataset", 3]]);
    expect(index.workspaces).toMatchObject([{ workspaceId: WORKSPACE.workspaceId }]);
  });

  it("is one page without script for few assets, with what users wrote as text", async () => {
    const { tags } = await sealedBag();

    const html = String(tags["index.html"]);
    expect(html).not.toContain("<img");
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;");
    expect(html).toContain('href="data/workspace/datasets/a.csv/a.csv"');
    expect(html).toContain("3: 2 exported, 0 exported with exceptions, 1 failed");
  });

  it("goes over to pages of its own for a kind with many assets, each asset once", async () => {
    const names = Array.from({ length: 700 }, (_, number) => `set-${number}-end`);
    stage.source.assets.push(...names.map((name) => aDataset(name, "1")));

    const { tags, problems } = await sealedBag();

    const pages = Object.keys(tags).filter((path) => path.startsWith("index-dataset-"));
    const first = String(tags["index.html"]);
    const rest = pages.map((path) => String(tags[path]));
    expect(problems).toEqual([]);
    expect(pages.length).toBeGreaterThan(1);
    for (const path of pages) expect(first).toContain(`href="${path}"`);
    const shown = rest.join("").match(/(?<=<summary><bdi>)set-\d+-end(?=<)/g) ?? [];
    expect(shown.toSorted()).toEqual(names.toSorted());
    expect(Math.max(...[first, ...rest].map(({ length }) => length))).toBeLessThan(800 * 1024);
  });
});

describe("the redactions of a package", () => {
  it("name asset, file, place and reason, and nothing where there are none", async () => {
    const { files } = stage.provider;
    const redaction = { pointer: "/Token", reason: "token" };
    stage.source.files = async function* (workspace, asset) {
      for await (const file of files(workspace, asset)) {
        const isMetadata = "key" in file && file.key === "metadata" && asset.name === "a.csv";
        yield isMetadata ? { ...file, redactions: [redaction, redaction] } : file;
      }
    };

    const { tags } = await sealedBag();

    const place = {
      kind: "dataset",
      sourceId: "dataset-a.csv",
      path: "data/workspace/datasets/a.csv/metadata.json",
      ...redaction,
    };
    expect(JSON.parse(String(tags["redactions.json"]))).toEqual([place, place]);
    const index = JSON.parse(String(tags["index.json"]));
    expect(index.assets[0].files.map((file: { redactions: number }) => file.redactions)).toEqual([
      0, 2,
    ]);
  });
});

describe("a sealed package", () => {
  it("tells in bag-info.txt who hands it over, and carries sheet and schema", async () => {
    const { tags } = await sealedBag();

    expect(String(tags["bag-info.txt"])).toContain("Source-Organization: Contoso\n");
    expect(String(tags["bag-info.txt"])).toContain("Contact-Email: privacy@contoso.example\n");
    expect(Object.keys(tags).sort()).toEqual([
      "about-your-data.html",
      "about-your-data.txt",
      "bag-info.txt",
      "bagit.txt",
      "exceptions.ndjson",
      "index.html",
      "index.json",
      "index.schema.json",
      "manifest-sha256.txt",
      "redactions.json",
      "tagmanifest-sha256.txt",
    ]);
  });
});
