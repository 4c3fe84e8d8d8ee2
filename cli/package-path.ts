import { join, resolve, sep } from "node:path";
import { CommandError } from "./command-error.ts";

// Control characters; and what Windows takes for a drive, a stream, a separator or a pattern.
const UNSAFE = /[\p{Cc}<>:"\\|?*]/u;

/**
 * Where a file of a package belongs below `folder`. Throws when the path is not a plain relative one
 * (`data/a b.csv`), because it could then leave the folder or mean something else on another system.
 */
export function packagePath(folder: string, path: string): string {
  const segments = path.split("/");
  const isPlain = segments.every((name) => name !== "" && name !== "." && name !== "..");
  const target = join(folder, ...segments);
  if (!isPlain || UNSAFE.test(path) || !target.startsWith(resolve(folder) + sep)) {
    throw new CommandError(
      `The package names an unsafe path (${JSON.stringify(path)}); nothing is written.`,
    );
  }
  return target;
}

/**
 * The target of every file of a package, by its path. Throws when one is unsafe, or when two of them
 * are the same file where case or composition of letters does not count.
 */
export function packagePaths(folder: string, paths: readonly string[]): Map<string, string> {
  const root = resolve(folder);
  const targets = new Map<string, string>();
  const seen = new Set<string>();
  for (const path of paths) {
    const folded = path.normalize("NFC").toLowerCase();
    if (seen.has(folded)) {
      throw new CommandError(
        `The package names ${JSON.stringify(path)} twice; nothing is written.`,
      );
    }
    seen.add(folded);
    targets.set(path, packagePath(root, path));
  }
  return targets;
}
