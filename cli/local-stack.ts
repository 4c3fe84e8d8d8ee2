import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { z } from "zod";
import { CommandError } from "./command-error.ts";
import { shownPath } from "./shown-path.ts";

const stackSchema = z.object({
  pid: z.int(),
  api: z.url(),
  tokenEndpoint: z.url(),
  audience: z.string(),
  caFile: z.string(),
});

/** A stack that runs on this machine: where its API and its token issuer are, and its data directory. */
export type LocalStack = z.infer<typeof stackSchema> & { readonly folder: string };

/** A stack, or null when none is running; and in words what was looked for. */
export type Search = { readonly stack: LocalStack | null; readonly lookedFor: string };

const USUAL_FILE = join(".local", "stack.json");

/**
 * The stack that `file` names; without one, the nearest `.local/stack.json` in a folder and those above it.
 * A stack whose process has ended does not count. Throws a usage error when the file cannot be understood.
 */
export async function findLocalStack(file: string | undefined, folder: string): Promise<Search> {
  const files = file === undefined ? usualFiles(folder) : [resolve(folder, file)];
  const lookedFor = file ?? `${USUAL_FILE} in ${folder} and the folders above it`;
  for (const candidate of files) {
    const text = await readIfThere(candidate);
    if (text === null) continue;
    const stack = parse(candidate, text);
    return { stack: isRunning(stack.pid) ? stack : null, lookedFor };
  }
  return { stack: null, lookedFor };
}

/**
 * Makes every HTTPS connection of this process accept the stack's own certificate authority, on top
 * of the usual ones: links to the local storage are HTTPS.
 */
export async function trustLocalStack(stack: LocalStack): Promise<void> {
  const authority = await readFile(stack.caFile, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
}

function usualFiles(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, USUAL_FILE), ...(above === folder ? [] : usualFiles(above))];
}

async function readIfThere(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
}

function parse(file: string, text: string): LocalStack {
  try {
    return { ...stackSchema.parse(JSON.parse(text)), folder: dirname(file) };
  } catch (cause) {
    throw new CommandError(
      `${shownPath(file)} cannot be understood; stop the stack and start it again.`,
      { exitCode: 2, cause },
    );
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
