import { join } from "node:path";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { type DownloadProgress, downloadPackage, type ProvenPackage } from "../download-package.ts";
import { downloadZip, type ZipDownload } from "../download-zip.ts";
import { formatBytes } from "../progress-line.ts";
import { shownPath } from "../shown-path.ts";

export type DownloadOptions = {
  /** The folder, or the file with `zip`; named after the request when it is left out. */
  readonly out?: string;
  /** Fetches the package in one file. */
  readonly zip?: boolean;
};

/** `studio-dsr download <id>`: fetches a package and proves it. */
export async function download(
  context: CommandContext,
  requestId: string,
  options: DownloadOptions,
): Promise<void> {
  if (options.zip === true) return downloadOneFile(context, requestId, options.out);
  const folder = options.out ?? join(context.packagesFolder, requestId);
  const proven = await downloadTo(context, requestId, { folder, goOn: "run it again to go on" });
  context.print(downloadedText(proven), proven);
}

async function downloadOneFile(
  { client, packagesFolder, progress, signal, print }: CommandContext,
  requestId: string,
  out = join(packagesFolder, `${requestId}.zip`),
): Promise<void> {
  const onProgress: ZipDownload["onProgress"] = (bytes, totalBytes) =>
    progress.show(
      bytes === null
        ? "waiting for the package to be put into one file"
        : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`,
    );
  try {
    const proven = await downloadZip({ client, requestId, file: out, onProgress, signal });
    progress.end();
    const size = `${proven.files} files, ${formatBytes(proven.bytes)}`;
    print(`${shownPath(proven.file)}: ${size}; every SHA-256 is right`, proven);
  } catch (cause) {
    if (!signal.aborted) throw cause;
    const message = "Interrupted. What was fetched is kept; run it again to go on.";
    throw new CommandError(message, { exitCode: 130, cause });
  } finally {
    progress.end();
  }
}

/**
 * Downloads with a progress line. Throws unless everything was proven; `goOn` is what to do after an
 * interruption.
 */
export async function downloadTo(
  context: CommandContext,
  requestId: string,
  { folder, goOn }: { readonly folder: string; readonly goOn: string },
): Promise<ProvenPackage> {
  const { client, progress, signal } = context;
  try {
    const onProgress = (seen: DownloadProgress) => progress.show(downloadLine(seen));
    return await downloadPackage({ client, requestId, folder, onProgress, signal });
  } catch (cause) {
    if (!signal.aborted) throw cause;
    const message = `Interrupted. What is proven is kept; ${goOn}.`;
    throw new CommandError(message, { exitCode: 130, cause });
  } finally {
    progress.end();
  }
}

/** What was proven, for a person. */
export function downloadedText(proven: ProvenPackage): string {
  const size = `${proven.files} files, ${formatBytes(proven.bytes)}`;
  return `${shownPath(proven.folder)}: ${size}; every SHA-256 and the bag's manifests are right`;
}

function downloadLine({ files, totalFiles, bytes, totalBytes }: DownloadProgress): string {
  return `${files} of ${totalFiles} files, ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}
