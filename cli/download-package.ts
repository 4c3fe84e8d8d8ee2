import { mkdir, realpath, rm } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { PackageView } from "../shared/core/wire.ts";
import type { ApiClient } from "./api-client.ts";
import { CommandError } from "./command-error.ts";
import { type DownloadContext, downloadFile } from "./download-file.ts";
import { checkTarget, makeTarget } from "./download-target.ts";
import { packagePaths } from "./package-path.ts";
import { shownPath } from "./shown-path.ts";
import { type BagContent, verifyBag } from "./verify-bag.ts";

/** What to fetch, and where to. */
export type PackageDownload = {
  readonly client: ApiClient;
  readonly requestId: string;
  readonly folder: string;
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly signal: AbortSignal;
};

type PackageFile = PackageView["files"][number];

/** How far a download is. */
export type DownloadProgress = {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
};

/** A package on this disk that was proven. */
export type ProvenPackage = BagContent & {
  /** Absolute path. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
};

/** Enough to keep a connection to storage busy while small files are opened and closed. */
const FILES_AT_A_TIME = 4;

/**
 * Fetches every file of a package into a folder and proves the whole: each file's size and SHA-256 while
 * it is written, then the finished bag from the disk.
 *
 * Throws when anything could not be fetched or proven, and before any call when the folder holds something
 * else. Files of the package that are there and right are not fetched again. A folder that is made here is
 * for its owner only (mode 0700).
 */
export async function downloadPackage(download: PackageDownload): Promise<ProvenPackage> {
  const root = resolve(download.folder);
  await checkTarget(root, download.requestId);
  const view = await download.client.getPackage(download.requestId);
  const paths = view.files.map(({ path }) => path);
  const targets = packagePaths(root, paths);
  await makeTarget(root);
  // A bag has this folder, also where nothing is in it (RFC 8493, 2.1.2).
  await makeFolder(root, join(root, "data"));
  await fetchAll(download, root, view, targets);
  const content = await verifyBag(root, download.signal);
  return { folder: root, files: view.files.length, bytes: totalBytes(view), ...content };
}

async function fetchAll(
  { client, requestId, onProgress, signal }: PackageDownload,
  root: string,
  view: PackageView,
  targets: ReadonlyMap<string, string>,
): Promise<void> {
  const link = packageLinks(client, requestId, view);
  const parts = join(root, ".parts");
  await mkdir(parts, { recursive: true, mode: 0o700 });
  const done = { files: 0, totalFiles: view.files.length, bytes: 0, totalBytes: totalBytes(view) };
  const add = (files: number, bytes: number) => {
    done.files += files;
    done.bytes += bytes;
    onProgress({ ...done });
  };
  const fetchOne = async ([index, file]: [number, PackageFile], eitherSignal: AbortSignal) => {
    const target = targets.get(file.path);
    if (target === undefined) throw new CommandError(`There is no place for ${file.path}.`);
    await makeFolder(root, dirname(target));
    const context = { link, signal: eitherSignal, onBytes: (bytes: number) => add(0, bytes) };
    await downloadFile({ ...file, target, partFile: join(parts, `${index}.part`) }, context);
    add(1, 0);
  };
  const isMark = ([, { path }]: [number, PackageFile]) => path === "bag-info.txt";
  const files = [...view.files.entries()];
  try {
    // First what names the request: by it a download that is taken up again knows the folder.
    await inParallel(files.filter(isMark), signal, fetchOne);
    await inParallel(
      files.filter((file) => !isMark(file)),
      signal,
      fetchOne,
    );
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

/** Works on a few items at a time; the first failure aborts the rest and is thrown once all have ended. */
async function inParallel<Item>(
  items: Iterable<Item>,
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const eitherSignal = AbortSignal.any([signal, failed.signal]);
  // The workers share one iterator: each takes the next item that nobody has.
  const queue = Iterator.from(items);
  const workers = Array.from({ length: FILES_AT_A_TIME }, async () => {
    for (const item of queue) await work(item, eitherSignal);
  });
  try {
    await Promise.all(workers);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(workers);
    throw error;
  }
}

/**
 * Gives links by path. All of them are asked for again when one was refused, unless another file has
 * done so in the meantime.
 */
function packageLinks(
  client: ApiClient,
  requestId: string,
  first: PackageView,
): DownloadContext["link"] {
  const urlsOf = (view: PackageView) => new Map(view.files.map(({ path, url }) => [path, url]));
  let urls = Promise.resolve(urlsOf(first));
  const given = new Map<string, string>();
  const renew = async () => urlsOf(await client.getPackage(requestId));
  return async (path, hasExpired) => {
    if (hasExpired && (await urls).get(path) === given.get(path)) urls = renew();
    const url = (await urls).get(path);
    if (url === undefined) throw new CommandError(`${path} is not in the package any more.`);
    if (!url.startsWith("https:")) throw new CommandError(`The link of ${path} is not HTTPS.`);
    given.set(path, url);
    return url;
  };
}

/** Makes a folder, and refuses one that a symbolic link leads out of the package's own. */
async function makeFolder(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isInside = `${await realpath(folder)}${sep}`.startsWith(`${await realpath(root)}${sep}`);
  if (!isInside)
    throw new CommandError(
      `${shownPath(folder)} leads out of ${shownPath(root)}; nothing is written there.`,
    );
}

function totalBytes(view: PackageView): number {
  return view.files.reduce((sum, { bytes }) => sum + bytes, 0);
}
