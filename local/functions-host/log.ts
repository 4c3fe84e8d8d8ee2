import type { LogLevel } from "./core-types.ts";

/** Writes one line. `category` is `Function.<name>` for the app's own logs and `Host...` otherwise. */
export type Log = (level: LogLevel, category: string, message: string) => void;

const severity: Record<LogLevel, number> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/**
 * A log of single lines `[ISO time] [category] level message`. `levels` is `logging.logLevel` of
 * host.json: the longest category prefix decides, then `default`, then information.
 */
export function createLog(
  levels: Readonly<Record<string, LogLevel>>,
  write: (line: string) => void,
): Log {
  return (level, category, message) => {
    if (level !== "none" && severity[level] >= severity[threshold(levels, category)]) {
      write(`[${new Date().toISOString()}] [${category}] ${level} ${oneLine(message)}\n`);
    }
  };
}

/**
 * What may be told of an unknown error: its stack, with credentials struck out. Never the members of
 * the object, because errors of HTTP clients carry requests with their headers.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return `a thrown ${typeof error} that is no Error`;
  }
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return text
    .replaceAll(/\b(sig|code|client_secret)=[^&\s"']+/gi, "$1=***")
    .replaceAll(/\b(SharedAccessKey|AccountKey)=[^;\s"']+/gi, "$1=***")
    .replaceAll(/\bBearer\s+[\w.~+/=-]+/gi, "Bearer ***");
}

/** The real host calls the app's own logs `Function.<name>.User`, and host.json may say so. */
function threshold(levels: Readonly<Record<string, LogLevel>>, category: string): LogLevel {
  const prefixes = Object.keys(levels)
    .filter((prefix) => `${category}.User`.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
  return levels[prefixes[0] ?? "default"] ?? "information";
}

function oneLine(message: string): string {
  return message.replaceAll(/\r?\n\s*/g, " \\n ");
}
