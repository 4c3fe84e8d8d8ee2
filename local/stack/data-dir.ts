import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** A data directory belongs to one stack at a time, and says where that stack can be found. */

/** `stack.json`: how a client finds the running stack. The command line reads the same shape. */
export const stackFileSchema = z.object({
  /** The process to end when the stack is to stop. */
  pid: z.int(),
  api: z.url(),
  /** OAuth 2.0 token endpoint of the local issuer; needs no secret. */
  tokenEndpoint: z.url(),
  audience: z.string(),
  /** Absolute path of the local certificate authority. */
  caFile: z.string(),
});
export type StackFile = z.infer<typeof stackFileSchema>;

/** A data directory that is ours until it is released. */
export type DataDirClaim = {
  /** Writes `stack.json`, readable by the owner only. */
  readonly publish: (stack: StackFile) => Promise<void>;
  /** Removes `stack.json` and lets another stack have the directory. Can be called again. */
  readonly release: () => Promise<void>;
};

/**
 * Takes a data directory, which is made when it does not exist.
 *
 * The claim is a lock that the operating system drops when this process ends, however it ends: so a
 * `stack.json` left behind never keeps anybody out. Throws a sentence with the other stack's process
 * id when the directory is taken.
 */
export async function claimDataDir(dataDir: string): Promise<DataDirClaim> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "stack.json");
  const lock = new DatabaseSync(join(dataDir, "stack.lock"));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const pid = (await readStackFile(file))?.pid;
    const owner = pid === undefined ? "that is just starting" : `with process id ${pid}`;
    throw new Error(
      `${dataDir} is in use by a stack ${owner}; stop it or choose another directory`,
      {
        cause: error,
      },
    );
  }
  await rm(file, { force: true });
  return {
    publish: async (stack) => {
      await writeFile(file, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
      await chmod(file, 0o600);
    },
    release: async () => {
      if (!lock.isOpen) return;
      await rm(file, { force: true });
      lock.close();
    },
  };
}

async function readStackFile(file: string): Promise<StackFile | null> {
  try {
    return stackFileSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    // Not there yet, or written this very moment.
    return null;
  }
}
