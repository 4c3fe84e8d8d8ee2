import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "./command-error.ts";
import { digestOfFile } from "./digest-of-file.ts";

/** One file to fetch and where to put it. */
export type Download = {
  /** Its path in the package, for messages. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it is written first, and where it goes once it is proven. Same file system. */
  readonly partFile: string;
  readonly target: string;
};

export type DownloadContext = {
  /** A link that is valid now; `hasExpired` tells that the last one was refused. */
  readonly link: (path: string, hasExpired: boolean) => Promise<string>;
  /** Called with every received piece, and with a negative number when a file is started again. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
};

/** How one try went. Only the first one leaves a file that may be used. */
type Outcome =
  | { readonly kind: "proven" }
  | { readonly kind: "refused" }
  | { readonly kind: "interrupted" | "wrong"; readonly why: string };

/** A break of the network is worth several tries; wrong content will most likely stay wrong. */
const TRIES = { refused: 3, interrupted: 6, wrong: 2 } as const;

/**
 * Fetches one file as a stream and proves its size and SHA-256 on the way; it gets its final name only
 * then. A file that is there already and proves right is kept, so that a download can be taken up again.
 *
 * A link that expired is asked for again, and an interrupted transfer is started again a few times.
 * Throws when it cannot be proven; nothing unproven keeps its final name.
 */
export async function downloadFile(file: Download, context: DownloadContext): Promise<void> {
  const present = await digestOfFile(file.target, context.signal);
  if (present?.sha256 === file.sha256) return context.onBytes(file.bytes);
  // An old file with other content must not pass for the new one while that is fetched.
  if (present !== null) await rm(file.target);
  try {
    await fetchUntilProven(file, context);
    await rename(file.partFile, file.target);
  } finally {
    await rm(file.partFile, { force: true });
  }
}

async function fetchUntilProven(file: Download, context: DownloadContext): Promise<void> {
  const { onBytes, signal } = context;
  const tries = { refused: 0, interrupted: 0, wrong: 0 };
  let hasExpired = false;
  for (;;) {
    let received = 0;
    const count = (bytes: number) => {
      received += bytes;
      onBytes(bytes);
    };
    const link = await context.link(file.path, hasExpired);
    const outcome = await fetchOnce(link, file, { signal, onBytes: count });
    if (outcome.kind === "proven") return;
    onBytes(-received);
    hasExpired = outcome.kind === "refused";
    tries[outcome.kind] += 1;
    if (tries[outcome.kind] >= TRIES[outcome.kind]) throw notProven(file, outcome);
    if (!hasExpired) await delay(125 * 2 ** tries[outcome.kind], undefined, { signal });
  }
}

async function fetchOnce(
  url: string,
  file: Download,
  { signal, onBytes }: Pick<DownloadContext, "signal" | "onBytes">,
): Promise<Outcome> {
  const hash = createHash("sha256");
  let received = 0;
  const prove = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      onBytes(chunk.length);
      // More than announced can never be right: no need to fill the disk with it.
      done(received > file.bytes ? new Error("longer than announced") : null, chunk);
    },
  });
  try {
    const response = await fetch(url, { signal, redirect: "error" });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      return notOk(response.status);
    }
    const output = createWriteStream(file.partFile, { mode: 0o600 });
    await pipeline(Readable.fromWeb(response.body), prove, output);
  } catch (error) {
    signal.throwIfAborted();
    if (isDiskError(error)) throw error;
    if (received > file.bytes) return { kind: "wrong", why: "it is longer than announced" };
    return { kind: "interrupted", why: "the connection broke" };
  }
  if (received !== file.bytes) {
    return { kind: "wrong", why: `it ended after ${received} of ${file.bytes} bytes` };
  }
  if (hash.digest("hex") === file.sha256) return { kind: "proven" };
  return { kind: "wrong", why: "its SHA-256 is not the announced one" };
}

function notOk(status: number): Outcome {
  if (status === 401 || status === 403) return { kind: "refused" };
  const kind = status === 429 || status >= 500 ? "interrupted" : "wrong";
  return { kind, why: `storage answers HTTP ${status}` };
}

function notProven(file: Download, outcome: Exclude<Outcome, { kind: "proven" }>): CommandError {
  const why = outcome.kind === "refused" ? "storage refuses its link" : outcome.why;
  return new CommandError(
    `${file.path} could not be fetched: ${why}. What is proven is kept; run the command again to go on.`,
  );
}

/** A full or broken disk, as opposed to the network: system errors of files name a path. */
function isDiskError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}
