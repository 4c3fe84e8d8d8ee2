import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Asset } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Directory, Provider, SourceFile } from "../../../shared/pipeline/ports.ts";
import { collectFiles } from "../providers/collect.ts";

/** A directory and a provider with one workspace known to both; `contentOf` names a file of some size. */
export type Source = {
  readonly directory: Directory;
  readonly provider: Provider;
  readonly workspaceId: string;
  readonly largeAsset: string;
};

/** What every directory and provider promises. */
export function sourceContract(open: () => Promise<Source & AsyncDisposable>): void {
  let source: Source & AsyncDisposable;
  let workspace: Workspace;
  beforeAll(async () => {
    source = await open();
    workspace = await source.directory.find({
      by: "workspace-id",
      workspaceId: source.workspaceId,
    });
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
  });

  const assets = () => Array.fromAsync(source.provider.inventory(workspace));
  const filesOf = (asset: Asset) => collectFiles(source.provider.files(workspace, asset));
  const largeFile = async (): Promise<SourceFile> => {
    const asset = (await assets()).find(({ name }) => name === source.largeAsset);
    const files = asset === undefined ? [] : await filesOf(asset);
    const file = files.find(({ key }) => key === "content");
    if (file === undefined) throw new Error(`There is no file of ${source.largeAsset}`);
    return file;
  };

  it("finds a workspace by its id, and does not find another", async () => {
    const unknown = source.directory.find({ by: "workspace-id", workspaceId: "0".repeat(32) });

    expect(workspace.workspaceId).toBe(source.workspaceId);
    await expect(unknown).rejects.toMatchObject({ code: "workspace-not-found" });
  });

  it("lists every asset once, in the same order each time", async () => {
    const [first, second] = [await assets(), await assets()];

    expect(first.length).toBeGreaterThan(1);
    expect(second).toEqual(first);
    expect(new Set(first.map(({ kind, sourceId }) => `${kind} ${sourceId}`)).size).toBe(
      first.length,
    );
  });

  it("gives every asset at least one file, under keys of ours that differ", async () => {
    for (const asset of await assets()) {
      const keys = (await filesOf(asset)).map(({ key }) => key);

      expect(keys.length).toBeGreaterThan(0);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.filter((key) => !/^[A-Za-z0-9-]+$/.test(key))).toEqual([]);
    }
  });

  it("does not have the files of an asset that is gone", async () => {
    const asset = (await assets()).find(({ kind }) => kind === "dataset");
    if (asset === undefined) throw new Error("There is no data set");
    const sourceId = asset.sourceId.replace(/[0-9a-z](?=[^0-9a-z]*$)/, "x");

    const gone = filesOf({ ...asset, sourceId });

    await expect(gone).rejects.toMatchObject({ code: "asset-not-found" });
  });

  it("tells the size of a file before and while it is read", async () => {
    const file = await largeFile();

    const opened = await file.open();
    const bytes = await bytesOf(opened.body);

    expect(opened).toMatchObject({ offset: 0, totalBytes: bytes.length });
    expect(file.bytes).toBe(bytes.length);
  });

  it("goes on with a file from where it is asked to, when it is still the same", async () => {
    const file = await largeFile();
    const whole = await file.open();
    const bytes = await bytesOf(whole.body);
    const offset = Math.floor(bytes.length / 3);

    const rest = await file.open({ offset, tag: whole.tag ?? "" });

    expect(rest).toMatchObject({ offset, tag: whole.tag, totalBytes: bytes.length });
    expect(digest(await bytesOf(rest.body))).toBe(digest(bytes.subarray(offset)));
  });

  it("begins a file again when it is another one by now", async () => {
    const file = await largeFile();

    const opened = await file.open({ offset: 10, tag: '"another"' });

    expect(opened.offset).toBe(0);
    expect((await bytesOf(opened.body)).length).toBe(opened.totalBytes);
  });
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body));
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
