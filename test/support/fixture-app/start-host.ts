import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, vi } from "vitest";

const main = resolve("local/functions-host/main.ts");
const fixtureApp = resolve("test/support/fixture-app");

/** The Functions host as a child process; disposing of it kills it. */
export interface HostProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything printed so far. */
  stdout(): string;
  stderr(): string;
  /** Lines of the log that hold the text. */
  logLines(text: string): string[];
  /** Resolves with the address once READY was printed; rejects when the process ends before. */
  ready(): Promise<string>;
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  readonly exitCode: Promise<number | null>;
}

/**
 * Starts the host on any free port, by default with the fixture app, without an outer environment, and
 * in one process that nothing starts again.
 */
export function startHost(
  options: {
    root?: string;
    data?: string;
    settings?: Record<string, string>;
    args?: string[];
    restarts?: boolean;
  } = {},
): HostProcess {
  const { root = fixtureApp, data = join(tmpdir(), "functions-host-unused") } = options;
  const single = options.restarts === true ? [] : ["--no-restart"];
  const args = ["--root", root, "--data", data, "--port", "0", ...single, ...(options.args ?? [])];
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env["PATH"], TICK_SCHEDULE: "0 0 3 1 1 *", ...options.settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exitCode = once(child, "close").then(() => child.exitCode);
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    logLines: (text) => stderr.split("\n").filter((line) => line.includes(text)),
    ready: () =>
      vi.waitFor(
        () => {
          const line = /^READY (.+)$/m.exec(stdout)?.[1];
          if (line === undefined) {
            throw new Error(`The host is not ready: ${stdout}${stderr}`);
          }
          return String(JSON.parse(line).url);
        },
        { timeout: 15_000, interval: 20 },
      ),
    kill: (signal) => child.kill(signal),
    exitCode,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exitCode;
    },
  };
}

/** A folder that is removed when disposed of. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** An empty folder for the data of one test. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "functions-host-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** An app of one entry point, written for one test. */
export async function temporaryApp(
  files: Record<string, string>,
  hostJson: object = { version: "2.0" },
): Promise<Folder> {
  const folder = await temporaryFolder();
  const all = {
    "package.json": JSON.stringify({ type: "module", main: "main.js" }),
    "host.json": JSON.stringify(hostJson),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    await writeFile(join(folder.path, name), text);
  }
  await symlink(resolve("node_modules"), join(folder.path, "node_modules"));
  return folder;
}

/** Expects something of a value that changes, as soon as it is so, and within 10 s. */
export function eventually<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 10_000 });
}
