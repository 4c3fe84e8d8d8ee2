import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CommandError } from "./command-error.ts";
import { digestOfFile } from "./digest-of-file.ts";
import { packagePath } from "./package-path.ts";
import { shownPath } from "./shown-path.ts";

/** What a complete and valid bag holds under `data/`. */
export type BagContent = { readonly payloadFiles: number; readonly payloadBytes: number };

/** One line of a manifest. */
type Entry = { readonly sha256: string; readonly path: string };

const PROBLEMS_SHOWN = 10;

/**
 * Proves that a folder is a complete and valid BagIt bag (RFC 8493, 3): every file of the manifest and of
 * the tag manifest is there with its SHA-256, nothing else lies in `data/`, and `Payload-Oxum` (when it is
 * given) is right. Every file is read again from the disk.
 *
 * Throws with the first problems found when it is not.
 */
export async function verifyBag(folder: string, signal: AbortSignal): Promise<BagContent> {
  const problems: string[] = [];
  const manifest = await readManifest(folder, "manifest-sha256.txt", problems);
  const tagManifest = await readManifest(folder, "tagmanifest-sha256.txt", problems);
  let payloadBytes = 0;
  for (const entry of manifest) payloadBytes += await proveEntry(folder, entry, problems, signal);
  for (const entry of tagManifest) await proveEntry(folder, entry, problems, signal);
  await checkPayloadIsListed(folder, manifest, problems);
  const declaration = await readTagFile(folder, "bagit.txt");
  if (!/^BagIt-Version: 1\.0$/m.test(declaration))
    problems.push("bagit.txt does not declare BagIt 1.0");
  const oxum = /^Payload-Oxum: (.*)$/m.exec(await readTagFile(folder, "bag-info.txt"))?.[1];
  const counted = `${payloadBytes}.${manifest.length}`;
  if (oxum !== undefined && oxum !== counted)
    problems.push(`Payload-Oxum is ${oxum}, not ${counted}`);
  if (problems.length > 0) throw notValid(folder, problems);
  return { payloadFiles: manifest.length, payloadBytes };
}

async function readManifest(folder: string, name: string, problems: string[]): Promise<Entry[]> {
  const lines = (await readTagFile(folder, name)).split(/\r?\n/).filter((line) => line !== "");
  // A bag without payload is a bag, and its manifest is empty; there are always tag files.
  const isThere = (await stat(join(folder, name)).catch(() => null)) !== null;
  const mayBeEmpty = name === "manifest-sha256.txt";
  if (!isThere || (lines.length === 0 && !mayBeEmpty)) problems.push(`${name} is missing or empty`);
  return lines.flatMap((line) => {
    const [, sha256, encoded] = /^([0-9a-f]{64})\s+\*?(.+)$/i.exec(line) ?? [];
    if (sha256 !== undefined && encoded !== undefined) {
      return [{ sha256: sha256.toLowerCase(), path: decodePath(encoded) }];
    }
    problems.push(`${name} has a line that cannot be understood`);
    return [];
  });
}

/** Adds a problem unless the file is there and right; gives its size. */
async function proveEntry(
  folder: string,
  { sha256, path }: Entry,
  problems: string[],
  signal: AbortSignal,
): Promise<number> {
  const found = await digestOfFile(packagePath(folder, path), signal);
  if (found === null) problems.push(`${path} is missing`);
  else if (found.sha256 !== sha256) problems.push(`${path} differs from its SHA-256`);
  return found?.bytes ?? 0;
}

async function checkPayloadIsListed(
  folder: string,
  manifest: readonly Entry[],
  problems: string[],
): Promise<void> {
  const listed = new Set(manifest.map(({ path }) => path));
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(join(folder, "data"), options).catch(() => []);
  for (const entry of entries.filter((found) => !found.isDirectory())) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/");
    if (!listed.has(path)) problems.push(`${path} is not listed in the manifest`);
  }
}

/** The text of a tag file; empty when it is missing, which the checks then report. */
async function readTagFile(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), "utf8").catch(() => "");
}

/** RFC 8493, 2.1.3: CR, LF and `%` are percent-encoded in a manifest, and nothing else is. */
function decodePath(encoded: string): string {
  return encoded.replace(/%(0D|0A|25)/gi, (code) => decodeURIComponent(code));
}

function notValid(folder: string, problems: readonly string[]): CommandError {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${problem}`);
  const more = problems.length - shown.length;
  const rest = more > 0 ? [`  and ${more} more`] : [];
  return new CommandError(
    [`${shownPath(folder)} is not a complete and valid package:`, ...shown, ...rest].join("\n"),
  );
}
