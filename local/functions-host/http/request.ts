import type { IncomingMessage } from "node:http";
import type { NullableString, RpcHttpRequest } from "../core-types.ts";

/** An answer the host gives by itself, with an empty body. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Address of a request, made of its Host header and path.
 * Throws HttpFailure 400 when they don't form one, or when the path has malformed escapes.
 */
export function requestUrl(request: IncomingMessage): URL {
  const path = request.url ?? "";
  try {
    if (!path.startsWith("/")) {
      throw new TypeError("Only paths are served.");
    }
    decodeURIComponent(path.split("?")[0] ?? "");
    return new URL(`http://${request.headers.host ?? ""}${path}`);
  } catch {
    throw new HttpFailure(400, "The request's address is malformed.");
  }
}

/**
 * The request as the library expects it. Headers that would pass for App Service's own statement of
 * who calls (`x-ms-client-principal*`) are dropped: nothing in front of this host checks them.
 */
export function toRpcRequest(
  request: IncomingMessage,
  url: URL,
  params: Record<string, string>,
  body: Uint8Array | undefined,
): RpcHttpRequest {
  return {
    method: request.method ?? "GET",
    url: url.href,
    nullableHeaders: readHeaders(request),
    nullableQuery: readQuery(url),
    nullableParams: nullable(Object.entries(params)),
    ...(body === undefined ? {} : { body: { bytes: body } }),
  };
}

/**
 * Reads the whole body when the request declares a length, as the real host does when streaming is
 * off: a chunked body is not read and reaches the function empty.
 * Throws HttpFailure 413 when it is larger than `limitBytes`.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  const sizeBytes = Number(request.headers["content-length"] ?? 0);
  if (sizeBytes > limitBytes) {
    throw new HttpFailure(413, "The request's body is too large.");
  }
  return sizeBytes > 0 ? Buffer.concat(await request.toArray()) : undefined;
}

function readHeaders(request: IncomingMessage): Record<string, NullableString> {
  return nullable(
    Object.entries(request.headersDistinct)
      .filter(([name]) => !name.startsWith("x-ms-client-principal"))
      .map(([name, values]) => [name, (values ?? []).join(name === "cookie" ? "; " : ", ")]),
  );
}

function readQuery(url: URL): Record<string, NullableString> {
  const names = new Set(url.searchParams.keys());
  return nullable([...names].map((name) => [name, url.searchParams.getAll(name).join(",")]));
}

function nullable(entries: ReadonlyArray<[string, string]>): Record<string, NullableString> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}
