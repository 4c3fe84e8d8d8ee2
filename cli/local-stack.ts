import { readFile } from "node:fs/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { z } from "zod";
import { CommandError } from "./command-error.ts";

const stackSchema = z.object({
  pid: z.int(),
  api: z.url(),
  tokenEndpoint: z.url(),
  audience: z.string(),
  caFile: z.string(),
});

/** A stack that runs on this machine: where its API and its token issuer are. */
export type LocalStack = z.infer<typeof stackSchema>;

/**
 * The stack that a `stack.json` names, or null when there is no such file or its process has ended.
 * Throws a usage error when the file cannot be understood.
 */
export async function findLocalStack(file: string): Promise<LocalStack | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const stack = parse(file, text);
  return isRunning(stack.pid) ? stack : null;
}

/**
 * Makes every HTTPS connection of this process accept the stack's own certificate authority, on top
 * of the usual ones: links to the local storage are HTTPS.
 */
export async function trustLocalStack(stack: LocalStack): Promise<void> {
  const authority = await readFile(stack.caFile, "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
}

function parse(file: string, text: string): LocalStack {
  try {
    return stackSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(`${file} cannot be understood; stop the stack and start it again.`, {
      exitCode: 2,
      cause,
    });
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
