import { randomUUID } from "node:crypto";
import {
  Agent,
  type ClientRequest,
  request as connect,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BindingData } from "../binding-data.ts";
import type { TypedData } from "../core-types.ts";
import type { FunctionOutcome } from "../run-function.ts";
import { HttpFailure, readBody, toRpcRequest } from "./request.ts";
import type { RouteMatch } from "./routes.ts";
import type { RunHttpFunction } from "./server.ts";

/** How to reach the library's own server, which hands requests to handlers and streams answers. */
export type StreamOptions = {
  readonly streamUrl: URL;
  readonly bodyLimitBytes: number;
  /** How long nothing may come before the request is given up with 504; the real host takes 240 s. */
  readonly activityTimeoutMs: number;
};

type Exchange = RouteMatch & {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
};

const agent = new Agent({ keepAlive: true });

/** Headers that belong to one connection. */
const hopHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"]);

/**
 * Serves one request of an app that turned HTTP streaming on: it is proxied to the library's own
 * server, which pairs it with the invocation by `x-ms-invocation-id`. As in the real host, a body that
 * declares its length is read whole first; a chunked one is passed on as it comes.
 * The real host gives no answer at all when the function throws or returns nothing; here that is 500
 * and 204, and "empty" is returned for the latter.
 * Throws what the function threw before its answer began, and HttpFailure 413 and 504.
 */
export async function serveStreamed(
  { streamUrl, bodyLimitBytes, activityTimeoutMs }: StreamOptions,
  { params, request, response, url }: Exchange,
  run: RunHttpFunction,
): Promise<"answered" | "empty"> {
  const body = await readBody(request, bodyLimitBytes);
  const invocationId = randomUUID();
  const upstream = connect(new URL(request.url ?? "/", streamUrl), {
    agent,
    method: request.method,
    headers: proxyHeaders(request, url, body, invocationId),
  });
  upstream.setTimeout(activityTimeoutMs, () =>
    upstream.destroy(new HttpFailure(504, "Nothing came for too long.")),
  );
  const sending = send(upstream, request, body, bodyLimitBytes);
  const http = toRpcRequest(request, url, params, body);
  const invocation = run({ http }, streamMetadata(http, body), invocationId);
  const answer = await answerOf(upstream, invocation, sending);
  if (answer === undefined) {
    return "empty";
  }
  response.writeHead(answer.statusCode ?? 200, endToEndHeaders(answer.rawHeaders)).flushHeaders();
  try {
    await pipeline(answer, response);
  } catch {
    // The function broke off, which is for its caller to hear of, or the caller has gone, which is not.
    await invocation;
  }
  return "answered";
}

/**
 * The library's answer, or undefined when the function gave none. A failure of the function ends the
 * exchange, also one in the middle of its answer.
 */
async function answerOf(
  upstream: ClientRequest,
  invocation: Promise<FunctionOutcome>,
  sending: Promise<void>,
): Promise<IncomingMessage | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | undefined>();
  const fail = (error: Error) => {
    reject(error);
    upstream.destroy(error);
  };
  upstream.once("response", resolve).on("error", reject);
  sending.catch(fail);
  const ended = async () => {
    const { isEmpty } = await invocation;
    if (isEmpty) {
      resolve(undefined);
      upstream.destroy();
    }
  };
  ended().catch(fail);
  return promise;
}

/** Only what the library asks for; the function sees the caller's headers through the metadata. */
function proxyHeaders(
  request: IncomingMessage,
  url: URL,
  body: Uint8Array | undefined,
  invocationId: string,
): Record<string, string | number> {
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  return {
    "x-ms-invocation-id": invocationId,
    "x-forwarded-host": url.host,
    "x-forwarded-proto": "http",
    ...(isChunked ? { "transfer-encoding": "chunked" } : { "content-length": body?.length ?? 0 }),
  };
}

async function send(
  upstream: ClientRequest,
  request: IncomingMessage,
  body: Uint8Array | undefined,
  limitBytes: number,
): Promise<void> {
  if (request.headers["transfer-encoding"] === undefined) {
    upstream.end(body);
  } else {
    await pipeline(request, limited(limitBytes), upstream);
  }
}

function limited(limitBytes: number): Transform {
  let sizeBytes = 0;
  return new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      sizeBytes += chunk.length;
      const isTooLarge = sizeBytes > limitBytes;
      done(isTooLarge ? new HttpFailure(413, "The request's body is too large.") : null, chunk);
    },
  });
}

/**
 * What the library makes headers and `request.params` of in stream mode: the members of a JSON body,
 * the query's keys but for `code`, and the route's parameters, later ones winning.
 * Source: `HttpTriggerAttributeBindingProvider` of azure-webjobs-sdk-extensions.
 */
function streamMetadata(
  { nullableHeaders, nullableParams, url }: ReturnType<typeof toRpcRequest>,
  body: Uint8Array | undefined,
): Record<string, TypedData> {
  const data = new BindingData();
  data.setMembersOf(Buffer.from(body ?? []).toString("utf8"));
  for (const [name, value] of new URL(url).searchParams) {
    if (name.toLowerCase() !== "code") {
      data.set(name, { string: value });
    }
  }
  for (const [name, { value }] of Object.entries(nullableParams)) {
    data.set(name, { string: value });
  }
  const headers = Object.entries(nullableHeaders).map(([name, { value }]) => [name, value]);
  return { ...data.toObject(), Headers: { json: JSON.stringify(Object.fromEntries(headers)) } };
}

function endToEndHeaders(raw: readonly string[]): string[] {
  return raw.filter(
    (_text, index) => !hopHeaders.has(raw[index - (index % 2)]?.toLowerCase() ?? ""),
  );
}
