import type { ServerResponse } from "node:http";
import { z } from "zod";

const optionalValue = <T extends z.ZodType>(value: T) =>
  z.object({ value }).nullish().catch(undefined);

const cookie = z.object({
  name: z.string(),
  value: z.string(),
  domain: optionalValue(z.string()),
  path: optionalValue(z.string()),
  expires: optionalValue(z.object({ seconds: z.number() })),
  maxAge: optionalValue(z.number()),
  secure: optionalValue(z.boolean()),
  httpOnly: optionalValue(z.boolean()),
  sameSite: z.enum(["none", "lax", "strict", "explicitNone"]).default("none"),
});

type Cookie = z.infer<typeof cookie>;

const rpcResponse = z.object({
  http: z.object({
    statusCode: z.string().regex(/^\d{3}$/),
    headers: z.record(z.string(), z.string()),
    cookies: z.array(cookie),
    body: z
      .union([
        z.object({ bytes: z.instanceof(Uint8Array) }),
        z.object({ string: z.string() }).transform((body) => ({ bytes: Buffer.from(body.string) })),
      ])
      .nullish(),
  }),
});

/** Headers that Node sets itself from the bytes it sends. */
const ownHeaders = new Set(["content-length", "transfer-encoding", "connection"]);

/**
 * Sends what a function returned, as converted by the library; nothing returned is 204.
 * Throws when the value is no HTTP response, before anything was sent.
 */
export function sendResponse(response: ServerResponse, returnValue: unknown): void {
  if (returnValue === undefined || returnValue === null) {
    sendEmpty(response, 204);
    return;
  }
  const { statusCode, headers, cookies, body } = rpcResponse.parse(returnValue).http;
  response.statusCode = Number(statusCode);
  for (const [name, value] of Object.entries(headers)) {
    if (!ownHeaders.has(name.toLowerCase())) {
      response.setHeader(name, value);
    }
  }
  if (cookies.length > 0) {
    response.setHeader("set-cookie", cookies.map(formatCookie));
  }
  response.end(body?.bytes);
}

/** Sends a status without a body, the real host's way to refuse. */
export function sendEmpty(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}

/** A Set-Cookie value as ASP.NET Core writes it: the path is `/` unless given. */
function formatCookie(parts: Cookie): string {
  const { domain, path, expires, maxAge, secure, httpOnly, sameSite } = parts;
  const site = {
    none: "",
    lax: "; samesite=lax",
    strict: "; samesite=strict",
    explicitNone: "; samesite=none",
  };
  return [
    `${parts.name}=${encodeURIComponent(parts.value)}`,
    expires ? `; expires=${new Date(expires.value.seconds * 1000).toUTCString()}` : "",
    maxAge ? `; max-age=${maxAge.value}` : "",
    domain ? `; domain=${domain.value}` : "",
    `; path=${path?.value ?? "/"}`,
    secure?.value === true ? "; secure" : "",
    site[sameSite],
    httpOnly?.value === true ? "; httponly" : "",
  ].join("");
}
