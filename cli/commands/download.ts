import { join } from "node:path";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { type DownloadProgress, downloadPackage, type ProvenPackage } from "../download-package.ts";
import { formatBytes } from "../progress-line.ts";
import { shownPath } from "../shown-path.ts";

/** `studio-dsr download <id>`: fetches a package and proves it. The folder is named after the request. */
export async function download(
  context: CommandContext,
  requestId: string,
  options: { readonly out?: string },
): Promise<void> {
  const folder = options.out ?? join(context.packagesFolder, requestId);
  const proven = await downloadTo(context, requestId, { folder, goOn: "run it again to go on" });
  context.print(downloadedText(proven), proven);
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
