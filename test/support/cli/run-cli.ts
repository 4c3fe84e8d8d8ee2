import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));

type Result = { exitCode: number | null; stdout: string; stderr: string };

type Surroundings = {
  /** The current folder; the one of the tests when left out. */
  readonly cwd?: string;
  /** Given on standard input. */
  readonly input?: string;
  /** Gets a way to interrupt the process, as Ctrl-C does. */
  readonly onStart?: (interrupt: () => void) => void;
};

/** Runs the command line as a process of its own and gives what it printed. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { cwd, input, onStart }: Surroundings = {},
): Promise<Result> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["pipe", "pipe", "pipe"],
    cwd,
  });
  child.stdin.end(input);
  onStart?.(() => child.kill("SIGINT"));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ]);
  return { exitCode, stdout, stderr };
}
