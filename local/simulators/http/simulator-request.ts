import type { IncomingMessage } from "node:http";

/** One request as the simulated surfaces see it. */
export type SimulatorRequest = {
  readonly method: string;
  /** Absolute address as the caller wrote it. */
  readonly url: URL;
  /** Path segments, percent-decoded; empty ones are dropped, so doubled and trailing slashes do not count. */
  readonly segments: readonly string[];
  /** A header, by lower-case name. */
  header(name: string): string | undefined;
  /** A query value; names are compared without regard to case and a stray slash at the end is dropped. */
  query(name: string): string | undefined;
  /** The whole body as UTF-8 text. Throws `RangeError` above 1 MiB. */
  readText(): Promise<string>;
};

const MAX_BODY_BYTES = 1024 * 1024;

/** Reads the head of a request that arrived at `origin`. Throws `URIError` on a malformed percent escape. */
export function toSimulatorRequest(incoming: IncomingMessage, origin: string): SimulatorRequest {
  // Concatenated, not resolved: a path that starts with two slashes would be taken for a host name.
  const url = new URL(origin + (incoming.url ?? "/"));
  const query = new Map(
    [...url.searchParams].map(([name, value]) => [name.toLowerCase(), value.replace(/\/$/, "")]),
  );
  return {
    method: incoming.method ?? "GET",
    url,
    segments: url.pathname
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent),
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    query: (name) => query.get(name.toLowerCase()),
    readText: () => readText(incoming),
  };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new RangeError("The request body is over 1 MiB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
