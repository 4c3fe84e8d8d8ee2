/**
 * Preloaded (`node --import`) into every process of the stack: ends the process when its parent is gone.
 *
 * The parent holds the other end of this process's standard input and never writes to it. The
 * operating system closes that pipe however the parent ends, SIGKILL included. A pipe is used rather
 * than an IPC channel because Azurite listens to `message` and would be kept alive by its own channel.
 */
import type { Socket } from "node:net";
import { isMainThread } from "node:worker_threads";

/** The longest a process may tidy up after it has lost its parent. */
const TIDY_UP_MS = 15_000;

/** Asks this process to end as Ctrl-C would, and ends it by force when it does not. */
function endWithParent(): void {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), TIDY_UP_MS).unref();
  process.kill(process.pid, "SIGTERM");
}

if (isMainThread) {
  const parent: NodeJS.ReadStream & Partial<Pick<Socket, "unref">> = process.stdin;
  parent.once("close", endWithParent).on("error", () => parent.destroy());
  parent.resume();
  parent.unref?.();
}
