import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { StackLine } from "./stack-types.ts";

/** The log file of one stack. */
export interface StackLog {
  /** Adds a line with the instant it was printed. */
  write(line: StackLine): void;
  /** Resolves when everything is in the file; nothing may be written after that. */
  end(): Promise<void>;
}

/**
 * A log that replaces the one of the stack before, readable by the owner only. The file is opened with the
 * first line: a start that is refused has none, and leaves the log of the running stack alone.
 */
export function stackLog(file: string): StackLog {
  let stream: WriteStream | undefined;
  return {
    write: ({ source, text }) => {
      stream ??= createWriteStream(file, { mode: 0o600 });
      stream.write(`${new Date().toISOString()} [${source}] ${text}\n`);
    },
    end: async () => {
      if (stream !== undefined) await finished(stream.end());
    },
  };
}
