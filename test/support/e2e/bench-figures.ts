import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The figures in the last line that a bench prints. How fast this machine is, and whether a target is met, is no fact
 * to test.
 */
export async function figuresOf(...args: string[]): Promise<unknown[]> {
  const bench = run(process.execPath, ["bench/main.ts", ...args, "--json"]);
  const { stdout } = await bench.catch((error: { code?: number; stdout: string }) => {
    if (error.code === 1 && error.stdout !== "") return error;
    throw error;
  });
  return [JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")].flat();
}
