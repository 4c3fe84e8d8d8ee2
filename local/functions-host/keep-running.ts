import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { backOffMs } from "../stack/supervise.ts";

/** What a life of the host tells its parent once everything in it is started. */
export const startedMessage = z.object({ port: z.int() });

/** A life at least this long ends the row of failures. */
const stableAfterMs = 10_000;

/**
 * Runs the host as a child process and starts it again, on the same port, whenever it ends by itself:
 * because a function ran too long, or because the app crashed. SIGTERM and SIGINT are passed on.
 * Resolves with the exit code: of a life that was told to end, or of the first one if it never started.
 */
export async function keepRunning(args: readonly string[]): Promise<number> {
  let port: number | undefined;
  let isEnding = false;
  let endsInARow = 0;
  for (;;) {
    const startedAt = performance.now();
    const child = spawnLife(port === undefined ? args : [...args, "--port", String(port)]);
    child.on("message", (message) => {
      port = startedMessage.parse(message).port;
    });
    const pass = (signal: NodeJS.Signals) => {
      isEnding = true;
      child.kill(signal);
    };
    process.on("SIGTERM", pass).on("SIGINT", pass);
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    process.off("SIGTERM", pass).off("SIGINT", pass);
    if (isEnding || port === undefined) {
      return code ?? (isEnding ? 0 : 1);
    }
    endsInARow = performance.now() - startedAt > stableAfterMs ? 1 : endsInARow + 1;
    const waitMs = backOffMs(endsInARow);
    const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
    process.stderr.write(`The host ended (${end}); starting it again in ${waitMs} ms.\n`);
    await delay(waitMs);
  }
}

/**
 * The child leads a process group of its own, so that Ctrl-C in a terminal reaches the parent alone. It
 * notices the end of the parent by the end of their channel.
 */
function spawnLife(args: readonly string[]) {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return spawn(process.execPath, [...process.execArgv, main, ...args, "--no-restart"], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: true,
    windowsHide: true,
  });
}
