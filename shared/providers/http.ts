import { setTimeout as sleep } from "node:timers/promises";
import { AppError, isCode } from "../errors.ts";
import type { Clock } from "../pipeline/ports.ts";
import type { AllowAddress, AllowUrl } from "./allowed-hosts.ts";
import { type CircuitOptions, type Circuits, createCircuits } from "./circuit.ts";
import { createExchange, type Exchange, type Received, type ResolveName } from "./exchange.ts";
import { chunksOf, lost, textOf } from "./response-body.ts";
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
 * HTTP as providers need it. Throws `outbound-refused`, `source-unavailable` (no connection, no answer in time,
 * or a host that failed several times and is left alone for a while: then with `retryAfterMs`), `source-truncated` (the body broke off) and `source-invalid` (endless redirects, a text that is too
 * large or no UTF-8). No error tells the address, a header or the body. When the caller's signal aborts, its
 * reason is thrown.
 *
 * Redirects of GET calls are followed here, five at most, each through the list of allowed hosts. A GET
 * that found no connection, or a status that passes without `Retry-After`, is tried twice more within about a
 * second; longer waits are for the caller to arrange. Other calls are made once, and what they get is the answer.
 */
export interface Transport {
  /** The answer with its whole body. */
  fetchText(request: HttpRequest): Promise<TextAnswer>;
  /** The answer with its body still to come. */
  fetchStream(request: HttpRequest): Promise<StreamAnswer>;
}

/**
 * `allow` checks what is called by its name, `allowAddress` what the name leads to. `random` is in [0, 1). `pause`
 * waits, `resolve` asks for the addresses of a name; tests need not.
 */
export type TransportOptions = {
  readonly allow: AllowUrl;
  readonly allowAddress: AllowAddress;
  readonly resolve?: ResolveName;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
  readonly maxTextBytes?: number;
  readonly circuit?: CircuitOptions;
};

type Parts = TransportOptions & { readonly circuits: Circuits; readonly exchange: Exchange };

const TIMEOUT_MS = 60_000;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/**
 * Answers that may be another one a moment later. 440 ("session timed out") and 509 are Studio's; a client of it
 * retried them in public (https://github.com/RevolutionAnalytics/AzureML).
 */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 440, 500, 502, 503, 504, 509]);
/** Answers of a gateway whose service is away: as if there were no connection. */
const AWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504, 509]);
const CIRCUIT: CircuitOptions = { failures: 12, openMs: 30_000 };
/** Full jitter below these ceilings before the second and the third try. */
const QUICK_WAITS_MS = [250, 1000];

/** The transport, on connections that are made to checked addresses only. */
export function createTransport(options: TransportOptions): Transport {
  const circuits = createCircuits(options.circuit ?? CIRCUIT, options.clock);
  const exchange = createExchange(options.allowAddress, options.resolve);
  const parts: Parts = { ...options, circuits, exchange };
  return {
    async fetchText(request) {
      const watch = createWatch(request.signal);
      watch.arm(request.timeoutMs ?? TIMEOUT_MS);
      try {
        return await withQuickTries(options, request, watch, async () => {
          const response = await followed(parts, request, watch);
          const maxBytes = options.maxTextBytes ?? MAX_TEXT_BYTES;
          const body = await textOf(response.body, watch, maxBytes);
          return { ...headOf(options, response), body };
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
          const response = await followed(parts, request, watch);
          return {
            ...headOf(options, response),
            body: chunksOf(response.body, watch, timeoutMs),
            discard: async () => void response.body.destroy(),
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

/** A host that is left alone is not asked again at once. */
function isLost(error: unknown): boolean {
  if (isCode(error, "source-unavailable")) return error.retryAfterMs === undefined;
  return isCode(error, "source-truncated");
}

function mayPass({ status, retryAfterMs }: Head): boolean {
  return PASSING_STATUSES.has(status) && retryAfterMs === undefined;
}

async function followed(
  { allow, ...parts }: Parts,
  { method, url, headers = {}, credentials = {} }: HttpRequest,
  watch: Watch,
): Promise<Received> {
  let target = allow(url);
  let sent: Readonly<Record<string, string>> = { ...headers, ...credentials };
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetched(parts, target, { method, headers: sent }, watch);
    const location = response.headers.get("location");
    const isRedirect = REDIRECT_STATUSES.has(response.status) && location !== null;
    if (method !== "GET" || !isRedirect) return response;
    response.body.destroy();
    target = allow(URL.parse(location, target.href) ?? location);
    sent = headers;
  }
  throw new AppError("source-invalid", `The source redirects more than ${MAX_REDIRECTS} times`);
}

async function fetched(
  { circuits, exchange }: Pick<Parts, "circuits" | "exchange">,
  url: URL,
  sent: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
  watch: Watch,
): Promise<Received> {
  const tell = circuits.enter(url.host);
  try {
    const response = await exchange(url, { ...sent, signal: watch.signal });
    tell(AWAY_STATUSES.has(response.status) ? "failed" : "answered");
    return response;
  } catch (error) {
    const isOurs = watch.signal.aborted && !watch.isOver;
    tell(isOurs || isCode(error, "outbound-refused") ? "neither" : "failed");
    if (isCode(error, "outbound-refused")) throw error;
    throw lost("source-unavailable", "The source could not be reached", error, watch);
  }
}

function headOf({ clock }: TransportOptions, { status, headers }: Received): Head {
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), clock.now());
  return { status, headers, retryAfterMs };
}
