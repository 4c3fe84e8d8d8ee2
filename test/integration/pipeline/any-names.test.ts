import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bagFolder } from "../../../shared/core/bag.ts";
import { MAX_PATH_UNITS } from "../../../shared/core/names.ts";
import { packageLinks } from "../../../shared/pipeline/package-links.ts";
import { type Bag, bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage, runToEnd } from "../../support/stage.ts";
import { anyName } from "../../support/zip/any-name.ts";
import { readZip } from "../../support/zip/read-zip.ts";

const run = promisify(execFile);
const COUNT = 10_000;
/** Names, and with them a failure, are the same on every run. */
const SEED = 20_260_302;

/** What Windows refuses in a name, or takes for something else: characters, ends, devices. */
const NOT_ON_WINDOWS = /[<>:"|?*\\\p{Cc}]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/iu;

const names = fc.sample(anyName, { numRuns: COUNT, seed: SEED });

let bag: Bag;
let zip: Buffer;
let root: string;
let folder: string;
beforeAll(async () => {
  const sources = names.map((name, index) => {
    const { asset, files } = aDataset(name, `content ${index}`);
    return { files, asset: { ...asset, sourceId: `dataset-${index}` } };
  });
  const stage = memoryStage(sources, { concurrency: 32, blockBytes: 64 * 1024 });
  const requestId = await submitted(stage);
  await runToEnd(stage);
  const request = await requestOf(stage, requestId);
  bag = await bagOf(stage, request);
  const links = await packageLinks(stage, request);
  zip = Buffer.from((await stage.packages.visit(links.zip?.url ?? "")).body);
  root = bagFolder(requestId);
  folder = await mkdtemp(join(tmpdir(), "studio-dsr-names-"));
  await writeFile(join(folder, "package.zip"), zip);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Twenty thousand files are written twice; how long that takes is no fact of the product. */
const UNPACKING = { timeout: 180_000 };

describe(`${COUNT} names that may hold anything`, UNPACKING, () => {
  it("make as many paths that no file system takes for one another or leads elsewhere", () => {
    const paths = Object.keys(bag.payload);
    const folded = paths.map((path) => path.normalize("NFKC").toLowerCase());

    expect(bag.problems).toEqual([]);
    expect(new Set(folded).size).toBe(2 * COUNT);
    expect(paths.filter((path) => path.length > MAX_PATH_UNITS)).toEqual([]);
    expect(paths.filter((path) => !isSafe(path))).toEqual([]);
  });

  it("are all in the index as they were", () => {
    const { assets } = JSON.parse(String(bag.tags["index.json"])) as {
      assets: { name: string; files: { name: string; path: string }[] }[];
    };

    expect(assets.map(({ name }) => name)).toEqual(names.map((name) => name.toWellFormed()));
    for (const [index, { files }] of assets.entries()) {
      const content = files.find(({ path }) => !path.endsWith("/metadata.json"));
      expect(String(bag.payload[content?.path ?? ""])).toBe(`content ${index}`);
    }
  });

  it("are entries of a zip whose directory, headers and bytes agree", async () => {
    const [dataFolder, ...entries] = await readZip(zip);

    expect(dataFolder?.path).toBe(`${root}/data/`);
    expect(Object.fromEntries(entries.map(({ path, content }) => [path, String(content)]))).toEqual(
      inFolder(bag),
    );
  });

  it.skipIf(!isInstalled("python3"))("unpack with Python to a tree that checks", async () => {
    const out = join(folder, "python");
    const script =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])";

    await run("python3", ["-c", script, join(folder, "package.zip"), out]);

    expect(await treeOf(out)).toEqual(inFolder(bag));
    await sha256sum(join(out, root));
  });

  it.skipIf(!isInstalled("unzip"))("unpack with unzip to the same tree", async () => {
    const out = join(folder, "unzip");

    await run("unzip", ["-q", join(folder, "package.zip"), "-d", out], {
      env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
    });

    expect(await treeOf(out)).toEqual(inFolder(bag));
    await sha256sum(join(out, root));
  });
});

function isSafe(path: string): boolean {
  const [top, kind, folderName, ...rest] = path.split("/");
  return (
    `${top}/${kind}/${folderName}` === "data/workspace/datasets" &&
    rest.length === 2 &&
    rest.every((name) => name !== "" && !/^\.|\/|%/.test(name) && !NOT_ON_WINDOWS.test(name)) &&
    rest.every((name) => Buffer.byteLength(name) <= 120 && name.normalize("NFC") === name)
  );
}

function inFolder({ tags, payload }: Bag): Record<string, string> {
  const files = Object.entries({ ...tags, ...payload });
  return Object.fromEntries(files.map(([path, bytes]) => [`${root}/${path}`, String(bytes)]));
}

async function treeOf(out: string): Promise<Record<string, string>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const found: Record<string, string> = {};
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    found[relative(out, path)] = await readFile(path, "utf8");
  }
  return found;
}

async function sha256sum(cwd: string): Promise<void> {
  for (const manifest of ["manifest-sha256.txt", "tagmanifest-sha256.txt"]) {
    await run("sha256sum", ["--check", "--strict", "--quiet", manifest], { cwd });
  }
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ["--help"]).error === undefined;
}
