import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const MAIN = "local/service-bus/main.ts";
const CONFIG = "local/service-bus/config.json";

/** A broker in a process of its own; `await using` ends it. */
export type BrokerProcess = AsyncDisposable & {
  readonly pid: number | undefined;
  readonly connectionString: string;
  /** Where the control endpoint answers, when one was asked for. */
  readonly controlUrl: string | undefined;
  /** Asks it to end; resolves with its exit code. */
  terminate(): Promise<number | null>;
  /** Ends it at once. */
  kill(): Promise<void>;
};

/** Starts `main.ts` on a free port and waits for its first line. */
export async function startMain(
  dataDir: string,
  options: readonly string[] = [],
): Promise<BrokerProcess> {
  const process = spawnMain(["--config", CONFIG, "--port", "0", "--data", dataDir, ...options]);
  const lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  const read = async (prefix: string) => String((await lines.next()).value).replace(prefix, "");
  const connectionString = await read("ConnectionString=");
  const hasControl = options.includes("--control-port");
  const controlUrl = hasControl ? await read("Control=") : undefined;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (process.exitCode === null && process.signalCode === null) {
      process.kill(signal);
      await once(process, "exit");
    }
    return process.exitCode;
  };
  return {
    pid: process.pid,
    connectionString,
    controlUrl,
    terminate: () => end("SIGTERM"),
    kill: async () => void (await end("SIGKILL")),
    [Symbol.asyncDispose]: async () => void (await end("SIGTERM")),
  };
}

/** Runs `main.ts` to its end. */
export async function runMain(
  options: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const process = spawnMain(options);
  const [stdout, stderr] = await Promise.all([
    process.stdout.toArray(),
    process.stderr.toArray(),
    once(process, "exit"),
  ]);
  return { code: process.exitCode, stdout: stdout.join(""), stderr: stderr.join("") };
}

function spawnMain(options: readonly string[]) {
  return spawn(process.execPath, [MAIN, ...options], { stdio: ["ignore", "pipe", "pipe"] });
}
