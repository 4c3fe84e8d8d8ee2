import { setTimeout as sleep } from "node:timers/promises";
import { AppError, isCode } from "../errors.ts";
import type { Clock } from "../pipeline/ports.ts";
import type { AllowUrl } from "./allowed-hosts.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { createWatch, type Watch } from "./watch.ts";

/**
 * A call. `credentials` are headers for the addressed host alone: no redirect carries them on, while
 * `headers` go with every hop. `timeoutMs` covers the whole call for texts; for streams it covers the time
 * to the answer's head, and then each wait for more bytes.
 */
export type HttpRequest = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
};

type Head = {
  readonly status: number;
  readonly headers: Headers;
  readonly retryAfterMs: number | undefined;
};

/** An answer of any status, with its body as text (UTF-8; a byte-order mark is dropped). */
export type TextAnswer = Head & { readonly body: string };

/** An answer of any status. Either iterate `body` or call `discard`, so that the connection is freed. */
export type StreamAnswer = Head & {
  readonly body: AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
};

/**
 * HTTP as providers need it. Throws `outbound-refused`, `source-unavailable` (no connection, or no answer in
 * time), `source-truncated` (the body broke off) and `source-invalid` (endless redirects, a text that is too
 * large or no UTF-8). No error tells the address, a header or the body. When the caller's signal aborts, its
 * reason is thrown.
 *
 * Redirects of GET calls are followed here, five at most, each through the list of allowed hosts. A GET
 * that found no connection, or 502, 503 or 504 without `Retry-After`, is tried twice more within about a
 * second; longer waits are for the caller to arrange. Other calls are made once, and what they get is the answer.
 */
export interface Transport {
  /** The answer with its whole body. */
  fetchText(request: HttpRequest): Promise<TextAnswer>;
  /** The answer with its body still to come. */
  fetchStream(request: HttpRequest): Promise<StreamAnswer>;
}

/** `random` is in [0, 1). `pause` waits; tests need not. */
export type TransportOptions = {
  readonly allow: AllowUrl;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
  readonly maxTextBytes?: number;
};

const TIMEOUT_MS = 60_000;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const PASSING_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);
/** Full jitter below these ceilings before the second and the third try. */
const QUICK_WAITS_MS = [250, 1000];

/** The transport on the platform's own `fetch`. */
export function createTransport(options: TransportOptions): Transport {
  return {
    async fetchText(request) {
      const watch = createWatch(request.signal);
      watch.arm(request.timeoutMs ?? TIMEOUT_MS);
      try {
        return await withQuickTries(options, request, watch, async () => {
          const response = await followed(options, request, watch);
          const maxBytes = options.maxTextBytes ?? MAX_TEXT_BYTES;
          return { ...headOf(options, response), body: await textOf(response, watch, maxBytes) };
        });
      } finally {
        watch.disarm();
      }
    },
    async fetchStream(request) {
      const watch = createWatch(request.signal);
      const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
      watch.arm(timeoutMs);
      try {
        return await withQuickTries(options, request, watch, async () => {
          const response = await followed(options, request, watch);
          return {
            ...headOf(options, response),
            body: chunksOf(response, watch, timeoutMs),
            discard: () => discard(response),
          };
        });
      } finally {
        watch.disarm();
      }
    },
  };
}

async function withQuickTries<T extends Head & { discard?: () => Promise<void> }>(
  { random, pause = sleep }: TransportOptions,
  { method }: HttpRequest,
  watch: Watch,
  attempt: () => Promise<T>,
): Promise<T> {
  for (const ceilingMs of method === "GET" ? QUICK_WAITS_MS : []) {
    const answer = await attempt().catch((error: unknown) => {
      if (watch.signal.aborted || !isLost(error)) throw error;
      return null;
    });
    if (answer !== null && !mayPass(answer)) return answer;
    await answer?.discard?.();
    await pause(random() * ceilingMs);
  }
  return attempt();
}

function isLost(error: unknown): boolean {
  return isCode(error, "source-unavailable") || isCode(error, "source-truncated");
}

function mayPass({ status, retryAfterMs }: Head): boolean {
  return PASSING_STATUSES.has(status) && retryAfterMs === undefined;
}

async function followed(
  { allow }: TransportOptions,
  { method, url, headers = {}, credentials = {} }: HttpRequest,
  watch: Watch,
): Promise<Response> {
  let target = allow(url);
  let sent: Readonly<Record<string, string>> = { ...headers, ...credentials };
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetched(target, method, sent, watch);
    const location = response.headers.get("location");
    const isRedirect = REDIRECT_STATUSES.has(response.status) && location !== null;
    if (method !== "GET" || !isRedirect) return response;
    await discard(response);
    target = allow(URL.parse(location, target.href) ?? location);
    sent = headers;
  }
  throw new AppError("source-invalid", `The source redirects more than ${MAX_REDIRECTS} times`);
}

async function fetched(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  watch: Watch,
): Promise<Response> {
  try {
    return await fetch(url, { method, headers, redirect: "manual", signal: watch.signal });
  } catch (error) {
    throw lost("source-unavailable", "The source could not be reached", error, watch);
  }
}

function headOf({ clock }: TransportOptions, { status, headers }: Response): Head {
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), clock.now());
  return { status, headers, retryAfterMs };
}

async function textOf(response: Response, watch: Watch, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(response, watch)) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new AppError("source-invalid", `The source's answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AppError("source-invalid", "The source's answer is not UTF-8 text");
  }
}

/** The body's bytes. With `idleMs`, the deadline moves: it counts only while waiting for the source. */
async function* chunksOf(
  response: Response,
  watch: Watch,
  idleMs?: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body === null) return;
  try {
    if (idleMs !== undefined) watch.arm(idleMs);
    for await (const chunk of response.body) {
      if (idleMs !== undefined) watch.disarm();
      yield chunk;
      if (idleMs !== undefined) watch.arm(idleMs);
    }
  } catch (error) {
    throw lost("source-truncated", "The source ended its answer early", error, watch);
  } finally {
    if (idleMs !== undefined) watch.disarm();
  }
}

async function discard(response: Response): Promise<void> {
  // A body that broke off already has nothing left to free.
  await response.body?.cancel().catch(() => undefined);
}

/**
 * The error for a connection that failed. Only the network code of the platform's error is kept: its
 * messages can quote addresses and bytes.
 */
function lost(
  code: "source-unavailable" | "source-truncated",
  message: string,
  error: unknown,
  watch: Watch,
): AppError {
  if (watch.isOver) return new AppError("source-unavailable", "The source did not answer in time");
  watch.signal.throwIfAborted();
  return new AppError(code, `${message} (${networkCodeOf(error)})`);
}

function networkCodeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : "connection failed";
}
