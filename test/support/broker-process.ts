import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../local/service-bus/main.ts", import.meta.url));
const STACK_CONFIG = fileURLToPath(new URL("../../local/service-bus/config.json", import.meta.url));

/** A broker in a process of its own; `await using` ends it. */
export type BrokerProcess = AsyncDisposable & {
  readonly pid: number;
  readonly connectionString: string;
  /** Where the control endpoint answers, when one was asked for. */
  readonly controlUrl: string | undefined;
  /** Asks it to end; resolves with its exit code. */
  terminate(): Promise<number | null>;
  /** Ends it at once. */
  kill(): Promise<void>;
};

/** How to start a broker. */
export type BrokerProcessOptions = {
  readonly dataDir: string;
  /** A configuration file; that of the stack when absent. */
  readonly config?: string;
  /** A free one when absent. */
  readonly port?: number;
  /** More of the command's options, e.g. `["--control-port", "0"]`. */
  readonly more?: readonly string[];
};

/** Starts `main.ts` and waits until it listens. Throws what it printed when it ends before that. */
export async function startMain(options: BrokerProcessOptions): Promise<BrokerProcess> {
  const { dataDir, config = STACK_CONFIG, port = 0, more = [] } = options;
  const child = spawnMain(["--config", config, "--port", `${port}`, "--data", dataDir, ...more]);
  const stderr: string[] = [];
  child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes.toString()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const read = async (prefix: string): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) {
      throw new Error(`The broker ended before it listened. ${stderr.join("")}`);
    }
    return value.replace(prefix, "");
  };
  const connectionString = await read("ConnectionString=");
  const controlUrl = more.includes("--control-port") ? await read("Control=") : undefined;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, "exit");
    }
    return child.exitCode;
  };
  return {
    // A process that printed a line has a number.
    pid: child.pid ?? 0,
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

/** As `npm run broker` does. */
function spawnMain(options: readonly string[]) {
  const args = ["--max-semi-space-size=4", MAIN, ...options];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
}
