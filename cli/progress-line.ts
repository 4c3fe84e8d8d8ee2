/** Where progress is written: standard error, so that results can be piped. */
type Terminal = Pick<NodeJS.WriteStream, "write"> & {
  readonly isTTY?: boolean;
  /** Zero when a terminal does not tell. */
  readonly columns?: number;
};

/** Shows what is going on, in one line that changes. */
export interface ProgressLine {
  /** Replaces the line. Without a terminal: a line of its own, at most one every two seconds. */
  show(text: string): void;
  /** Ends the live line, so that what is written next starts on a line of its own. */
  end(): void;
}

const EVERY_MS = 2_000;
const LIVE_EVERY_MS = 100;

/** A progress line on a terminal, or plain lines where there is none (a pipe, a log). */
export function progressLine(output: Terminal, now: () => number = Date.now): ProgressLine {
  const isLive = output.isTTY === true;
  const everyMs = isLive ? LIVE_EVERY_MS : EVERY_MS;
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = "";
  let latest = "";
  const write = (text: string) => {
    shownAt = now();
    shown = text;
    // "\r" goes to the start of the line, CSI K clears it; a longer line would wrap and stay behind.
    output.write(isLive ? `\r\u001B[K${text.slice(0, (output.columns || 80) - 1)}` : `${text}\n`);
  };
  return {
    show: (text) => {
      latest = text;
      if (text !== shown && now() - shownAt >= everyMs) write(text);
    },
    end: () => {
      if (latest !== shown) write(latest);
      if (isLive && shown !== "") output.write("\n");
      shown = "";
      latest = "";
    },
  };
}

/** A size for a person: `999 B`, `1.5 kB`, `12.3 MB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}
