import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const KEPT_LINES = 20;

/** Hands on every line of a process, remembers the last ones, and looks for one of them. */
export class LineFeed {
  /** The last lines, oldest first: for an error message. */
  readonly last: string[] = [];
  readonly #onLine: (line: string) => void;
  #look: ((line: string) => void) | undefined;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes the lines of a stream, in addition to those of other streams. */
  follow(stream: Readable): void {
    createInterface({ input: stream }).on("line", (line) => this.push(line));
  }

  /** Adds one line. */
  push(line: string): void {
    this.last.push(line);
    if (this.last.length > KEPT_LINES) this.last.shift();
    this.#onLine(line);
    this.#look?.(line);
  }

  /**
   * The first line from now on that `read` makes something of. Rejects when `read` throws: the line looked
   * right but was not. One search at a time.
   */
  find<Found>(read: (line: string) => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#look = (line) => {
        try {
          const found = read(line);
          if (found === undefined) return;
          this.#look = undefined;
          resolve(found);
        } catch (error) {
          this.#look = undefined;
          reject(new Error(`A line cannot be understood: ${line}`, { cause: error }));
        }
      };
    });
  }
}
