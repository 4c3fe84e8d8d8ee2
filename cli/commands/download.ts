import type { CommandContext } from "../command-context.ts";
import { type DownloadProgress, downloadPackage, type ProvenPackage } from "../download-package.ts";
import { formatBytes } from "../progress-line.ts";

/** `studio-dsr download <id>`: fetches a package and proves it. The folder is named after the request. */
export async function download(
  context: CommandContext,
  requestId: string,
  options: { readonly out?: string },
): Promise<void> {
  const proven = await downloadTo(context, requestId, options.out ?? requestId);
  context.print(downloadedText(proven), proven);
}

/** Downloads with a progress line. Throws unless everything was proven. */
export async function downloadTo(
  context: CommandContext,
  requestId: string,
  folder: string,
): Promise<ProvenPackage> {
  const { client, progress, signal } = context;
  try {
    const onProgress = (seen: DownloadProgress) => progress.show(downloadLine(seen));
    return await downloadPackage({ client, requestId, folder, onProgress, signal });
  } finally {
    progress.end();
  }
}

/** What was proven, for a person. */
export function downloadedText(proven: ProvenPackage): string {
  const size = `${proven.files} files, ${formatBytes(proven.bytes)}`;
  return `${proven.folder}: ${size}; every SHA-256 and the bag's manifests are right`;
}

function downloadLine({ files, totalFiles, bytes, totalBytes }: DownloadProgress): string {
  return `${files} of ${totalFiles} files, ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}
