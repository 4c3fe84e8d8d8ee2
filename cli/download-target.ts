import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandError } from "./command-error.ts";
import { shownPath } from "./shown-path.ts";

/**
 * Refuses a folder that a package must not be mixed with: it has to be missing, empty, or the package of
 * this request (of any request when the id is null, because it is not known yet), so that a download that
 * was interrupted can go on. `bag-info.txt` names the request (RFC 8493, 2.2.2).
 *
 * Throws a usage error that names the folder.
 */
export async function checkTarget(folder: string, requestId: string | null): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0) return;
  const info = await readFile(join(folder, "bag-info.txt"), "utf8").catch(() => "");
  const owner = /^External-Identifier: ([0-9a-f]{32})\r?$/m.exec(info)?.[1];
  if (owner !== undefined && (requestId === null || owner === requestId)) return;
  const why = owner === undefined ? "holds other files" : `holds the package of request ${owner}`;
  throw refused(folder, why);
}

/** Makes the folder for its owner only (mode 0700) unless it is there; one that is there stays as it is. */
export async function makeTarget(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw refused(folder, "is not a folder");
    throw error;
  }
}

function refused(folder: string, why: string): CommandError {
  const message = `The package cannot go to ${shownPath(folder)}: it ${why}. Name a new or empty folder with --out.`;
  return new CommandError(message, { exitCode: 2 });
}
