import { readFile } from "node:fs/promises";
import { CommandError } from "./command-error.ts";
import { shownPath } from "./shown-path.ts";

/** The bytes of a file that a person named. Throws a usage error when it cannot be read. */
export async function readNamedFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CommandError(`${shownPath(path)} cannot be read: is there such a file?`, {
      exitCode: 2,
      cause,
    });
  }
}
