import { MANIFEST, manifestLine } from "../core/bag.ts";
import { type FileLine, indexAsset, type PackageAsset } from "../core/index-asset.ts";
import type { KindSection } from "../core/index-html.ts";
import {
  INDEX_JSON,
  type IndexHead,
  type IndexTail,
  indexBeginning,
  indexEnd,
  Tallies,
} from "../core/package-index.ts";
import { AppError } from "../errors.ts";
import type { BlobWriter } from "./blob-writer.ts";
import { IndexPages } from "./index-pages.ts";
import { PAYLOAD } from "./layout.ts";
import { toLine } from "./ndjson.ts";
import { EXCEPTIONS, exceptionsOf } from "./package-exceptions.ts";
import type { PackageFile } from "./package-files.ts";
import type { Packages, StoredBlob } from "./ports.ts";
import type { TagFiles } from "./tag-files.ts";

/** Writes everything of a package that tells of its assets, in one walk over them. */

export const REDACTIONS = "redactions.json";

/** What the walk came to. */
export type SealedAssets = {
  readonly tail: IndexTail;
  readonly sections: ReadonlyMap<string, KindSection>;
  readonly exceptions: number;
  readonly manifest: PackageFile;
};

/**
 * Walks the assets beside the stored blobs, writes manifest, index, redactions and exceptions, and adds the payload
 * to the list of files. Throws `package-corrupt` when a blob is missing or has another size than was recorded.
 */
export async function sealAssets(
  packages: Packages,
  requestId: string,
  head: IndexHead,
  assets: AsyncIterable<PackageAsset>,
  { tags, list }: { readonly tags: TagFiles; readonly list: BlobWriter },
): Promise<SealedAssets> {
  const stored = packages.list(requestId, PAYLOAD)[Symbol.asyncIterator]();
  const [manifest, index] = [tags.open(MANIFEST), tags.open(INDEX_JSON)];
  const [redactions, exceptions] = [tags.open(REDACTIONS), tags.open(EXCEPTIONS)];
  const tallies = new Tallies();
  const pages = new IndexPages(tags);
  let exceptionCount = 0;
  await index.write(indexBeginning(head));
  await redactions.write("[\n");
  for await (const asset of assets) {
    for (const file of asset.files) {
      await expectStored(stored, file);
      await manifest.write(manifestLine(file.sha256, file.path));
      await list.write(toLine(listed(file)));
    }
    for (const redaction of redactionsOf(asset)) {
      const comma = redactions.bytes > 2 ? ",\n" : "";
      await redactions.write(comma + JSON.stringify(redaction));
    }
    for (const exception of exceptionsOf(asset)) await exceptions.write(toLine(exception));
    exceptionCount += asset.exceptions.length;
    const indexed = indexAsset(asset);
    await index.write((tallies.totals.assets === 0 ? "" : ",\n") + JSON.stringify(indexed));
    tallies.add(indexed);
    await pages.add(indexed);
  }
  const tail = tallies.tail();
  await index.write(indexEnd(tail));
  await redactions.write("\n]\n");
  await tags.close(INDEX_JSON, index);
  await tags.close(REDACTIONS, redactions);
  if (exceptionCount > 0) await tags.close(EXCEPTIONS, exceptions);
  return {
    tail,
    sections: await pages.sections(),
    exceptions: exceptionCount,
    manifest: await tags.close(MANIFEST, manifest),
  };
}

function listed({ path, blob, bytes, sha256, crc32 }: FileLine): PackageFile {
  return { path, blob, bytes, sha256, crc32 };
}

function redactionsOf({ line: { kind, sourceId }, files }: PackageAsset) {
  return files.flatMap(({ path, redactions }) =>
    redactions.map(({ pointer, reason }) => ({ kind, sourceId, path, pointer, reason })),
  );
}

/** Walks the stored blobs beside the files; both are in the order of their names. */
async function expectStored(
  stored: AsyncIterator<StoredBlob>,
  { blob, bytes }: FileLine,
): Promise<void> {
  for (;;) {
    const next = await stored.next();
    if (next.done || next.value.name > blob) {
      throw new AppError("package-corrupt", `The blob ${blob} is not in the package`);
    }
    if (next.value.name < blob) continue; // Left by a worker whose asset failed in the end.
    if (next.value.bytes === bytes) return;
    throw new AppError("package-corrupt", `The blob ${blob} has another size than was recorded`);
  }
}
