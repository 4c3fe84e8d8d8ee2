import { isAbsolute, relative, sep } from "node:path";

/** An absolute path as a person reads it: relative to the current folder when it lies in there. */
export function shownPath(path: string, currentFolder: string = process.cwd()): string {
  const way = relative(currentFolder, path);
  const isOutside = way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
  return isOutside ? path : way || ".";
}
