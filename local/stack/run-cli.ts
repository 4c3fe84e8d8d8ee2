import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { z } from "zod";

/** A run of the command line. */
export type CliRun<Value> = {
  readonly args: readonly string[];
  /** What the first line of its answer has to be. */
  readonly schema: z.ZodType<Value>;
  /** Given on standard input. */
  readonly input?: string;
  /** Who runs it, to the local issuer; the one that asks when left out. */
  readonly identity?: string;
};

/** Where and how the command line runs. `onLine` gets its progress and explanations, line by line. */
export type CliSurroundings = {
  readonly stackFile: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
};

/** A command that takes longer than this on the seeded data has got stuck. */
const LONGEST_MS = 10 * 60 * 1000;

const CLI = fileURLToPath(new URL("../../dist/studio-dsr.js", import.meta.url));

/**
 * Runs the command line with `--json`, as a process of its own. The value is null when its first line is
 * nothing that fits. Throws when `signal` aborts.
 */
export async function runCli<Value>(
  { args, schema, input = "", identity = "" }: CliRun<Value>,
  { stackFile, signal, onLine }: CliSurroundings,
): Promise<{ readonly isOk: boolean; readonly value: Value | null }> {
  const child = spawn(process.execPath, [CLI, "--json", ...args], {
    env: {
      PATH: process.env["PATH"],
      STUDIO_DSR_STACK: stackFile,
      STUDIO_DSR_LOCAL_IDENTITY: identity,
    },
    stdio: "pipe",
    signal,
    timeout: LONGEST_MS,
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  createInterface({ input: child.stderr }).on("line", (line) => line === "" || onLine(line));
  // A child that ends without reading its input says why by its exit code.
  child.stdin.on("error", () => {}).end(input);
  const [stdout, exitCode] = await Promise.all([text(child.stdout), exited]);
  // What went wrong comes as a line of its own, after the result.
  const [line = ""] = stdout.split("\n");
  const value = line === "" ? null : schema.safeParse(JSON.parse(line));
  return { isOk: exitCode === 0, value: value?.data ?? null };
}
