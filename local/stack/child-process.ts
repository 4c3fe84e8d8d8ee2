import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { LineFeed } from "./line-feed.ts";

/** One life of one child process: from the start of a Node script to its end. */

/** How a process says that it can be used, and what it says with it. */
export type Readiness<Ready> =
  | { readonly by: "line"; readonly read: (line: string) => Ready | undefined }
  | { readonly by: "probe"; readonly probe: () => Promise<Ready | undefined> };

/** A Node script to run, and how to know that it works. */
export type ChildSpec<Ready> = {
  readonly name: string;
  /** Absolute path of a JavaScript or TypeScript file. */
  readonly script: string;
  /** Command line flags without their dashes; `true` is a flag without a value, undefined is left out. */
  readonly flags: Readonly<Record<string, string | number | true | undefined>>;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** Variables on top of {@link inheritedEnvironment}. */
  readonly env?: Readonly<Record<string, string>>;
  readonly readiness: Readiness<Ready>;
  /** The longest the process may take from its start until it is ready. */
  readonly readyWithinMs: number;
  /** How long it may tidy up after SIGTERM before it is ended by force. */
  readonly graceMs: number;
};

/** How a process ended: one of the two is set. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A running process. */
export interface RunningChild<Ready> {
  readonly pid: number | undefined;
  /** Rejects when the process ends, or takes too long, before it is ready; the message has its last lines. */
  readonly ready: Promise<Ready>;
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends a signal; nothing happens when the process is gone. */
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL when the grace is over; resolves when the process is gone. */
  end(): Promise<void>;
}

const PRELOAD = new URL("die-with-parent.ts", import.meta.url).href;
const ROOT = new URL("../../", import.meta.url);
/** Code is compiled, and TypeScript read, once for all processes: half of a start, and 18 MB of each. */
const COMPILE_CACHE = new URL("node_modules/.cache/compile/", ROOT);
const PROBE_EVERY_MS = 100;

/**
 * Starts a script with the Node that runs this process and hands every line it prints to `onLine`.
 *
 * The child leads a process group of its own, so that Ctrl-C in a terminal reaches the parent alone,
 * which then ends its children in order. It ends by itself when the parent is gone.
 */
export function startChild<Ready>(
  spec: ChildSpec<Ready>,
  onLine: (line: string) => void,
): RunningChild<Ready> {
  const child = spawnScript(spec);
  const lines = new LineFeed(onLine);
  lines.follow(child.stdout);
  lines.follow(child.stderr);
  // The write end of the pipe breaks when a child is killed; the exit is what counts.
  child.stdin.on("error", () => {});
  const exited = new Promise<Exit>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
    child.once("error", (error) => {
      lines.push(error.message);
      resolve({ code: 1, signal: null });
    });
  });
  const ready = whenReady(spec, lines, exited);
  // Whoever never asks for readiness (a restart that fails again) must not crash the process.
  ready.catch(() => {});
  return {
    pid: child.pid,
    ready,
    exited,
    signal: (name) => void child.kill(name),
    end: async () => {
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), spec.graceMs);
      await exited;
      clearTimeout(force);
    },
  };
}

/**
 * What a child may see of the caller's environment: what a program needs to run, and nothing that
 * changes what it does. Credentials, proxies and app settings of the shell stay out, so that the app
 * has exactly the settings of its file and can only reach this machine.
 */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const names =
    /^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|USERPROFILE|NODE_V8_COVERAGE)$/i;
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => names.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}

/** Describes an end for a log line: "exit code 1", "signal SIGKILL". */
export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function spawnScript(spec: ChildSpec<unknown>) {
  return spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      ...(spec.nodeFlags ?? []),
      "--import",
      PRELOAD,
      spec.script,
      ...flagList(spec.flags),
    ],
    {
      cwd: fileURLToPath(ROOT),
      env: {
        NODE_COMPILE_CACHE: fileURLToPath(COMPILE_CACHE),
        ...inheritedEnvironment(process.env),
        ...spec.env,
      },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      windowsHide: true,
    },
  );
}

function flagList(flags: ChildSpec<unknown>["flags"]): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
}

async function whenReady<Ready>(
  spec: ChildSpec<Ready>,
  lines: LineFeed,
  exited: Promise<Exit>,
): Promise<Ready> {
  const giveUp = new AbortController();
  const tail = () => (lines.last.length === 0 ? "" : `:\n${lines.last.join("\n")}`);
  const timeout = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${spec.name} was not ready in ${spec.readyWithinMs} ms${tail()}`)),
      spec.readyWithinMs,
    );
    giveUp.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  const early = exited.then((exit) => {
    throw new Error(`${spec.name} ended before it was ready (${describeExit(exit)})${tail()}`);
  });
  try {
    return await Promise.race([readiness(spec.readiness, lines, giveUp.signal), early, timeout]);
  } finally {
    giveUp.abort();
  }
}

function readiness<Ready>(
  by: Readiness<Ready>,
  lines: LineFeed,
  signal: AbortSignal,
): Promise<Ready> {
  return by.by === "line" ? lines.find(by.read) : probeUntil(by.probe, signal);
}

async function probeUntil<Ready>(
  probe: () => Promise<Ready | undefined>,
  signal: AbortSignal,
): Promise<Ready> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await probe();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
}

/** Of a process that mostly waits: its young objects get 4 MB instead of 16, and it is smaller for that. */
export const SMALL_HEAP = ["--max-semi-space-size=4"] as const;
