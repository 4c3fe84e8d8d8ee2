import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from "@azure/functions";
import type { z } from "zod";
import type { Context } from "../shared/context.ts";
import { type Caller, hasRole, type Role } from "../shared/core/caller.ts";
import { findingsOf } from "../shared/core/findings.ts";
import { immodest, MAX_BODY_BYTES } from "../shared/core/json-limits.ts";
import type { Problem } from "../shared/core/wire.ts";
import { AppError, ERROR_RULES, toAppError } from "../shared/errors.ts";
import { errorName } from "../shared/telemetry.ts";

/** The HTTP edge: bearer token to caller, capped bodies, errors to problem details. */

/** A body that takes longer to come is not waited for. */
const BODY_WITHIN_MS = 10_000;

/** A call that passed the edge. */
export type Call = { readonly request: HttpRequest; readonly caller: Caller };

/** How a route answers: its roles (one is enough), and its work. */
export type Route = {
  readonly roles: readonly Role[];
  readonly handle: (call: Call) => Promise<HttpResponseInit>;
};

/** The handler of a route: nothing is done for a caller without a valid token and one of its roles. */
export function guarded(context: Context, { roles, handle }: Route): HttpHandler {
  return open(context, async (request) => {
    const caller = await context.verifyToken(request.headers.get("authorization"));
    if (!hasRole(caller, roles)) {
      throw new AppError("forbidden", `This needs the role ${roles.join(" or ")}`);
    }
    return handle({ request, caller });
  });
}

/**
 * The handler of a route that anybody may call. Every failure becomes problem details (RFC 9457); one of
 * 500 and above is told to operators under the invocation's id, which is in the answer too.
 */
export function open(
  context: Context,
  handle: (request: HttpRequest) => Promise<HttpResponseInit>,
): HttpHandler {
  return async (request: HttpRequest, { invocationId, functionName }: InvocationContext) => {
    try {
      return withHeaders(await handle(request));
    } catch (error) {
      const failure = toAppError(error);
      if (ERROR_RULES[failure.code].status >= 500) {
        context.telemetry.callFailed({
          route: functionName,
          code: failure.code,
          traceId: invocationId,
          error: errorName(failure.cause),
        });
      }
      return withHeaders(problemAnswer(failure, invocationId));
    }
  };
}

/**
 * The body as JSON of that shape. Throws `media-type-unsupported`, `body-too-large`, `body-too-slow`, and `validation-failed`
 * with every finding at once; no finding repeats a value.
 */
export async function readBody<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new AppError("media-type-unsupported", "Send the body as application/json");
  }
  if (request.headers.has("content-encoding")) {
    throw new AppError("media-type-unsupported", "Send the body as it is, without an encoding");
  }
  const value = parseJson(await readText(request));
  const shape = immodest(value);
  if (shape !== null) {
    throw new AppError("validation-failed", "The body is not valid", { findings: [shape] });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("validation-failed", "The body is not valid", {
    findings: findingsOf(parsed.error),
  });
}

async function readText(request: HttpRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const late = AbortSignal.timeout(BODY_WITHIN_MS);
  try {
    for await (const chunk of inTime(request, late)) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) {
        throw new AppError("body-too-large", `The body may have ${MAX_BODY_BYTES} bytes`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (!late.aborted) throw error;
    throw new AppError("body-too-slow", `The body has to come in ${BODY_WITHIN_MS} milliseconds`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The body's bytes, until the signal. */
function inTime({ body }: HttpRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const none = ReadableStream.from<Uint8Array>([]);
  return (body ?? none).pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("validation-failed", "The body is not JSON", {
      cause,
      findings: [{ pointer: "", detail: "must be JSON" }],
    });
  }
}

function problemAnswer(failure: AppError, traceId: string): HttpResponseInit {
  const { status, title } = ERROR_RULES[failure.code];
  const problem: Problem = {
    type: `urn:studio-dsr:problem:${failure.code}`,
    title,
    status,
    // What is unforeseen may hold anything, so only the trace id goes out.
    ...(failure.code === "internal" ? {} : { detail: failure.message }),
    instance: `urn:studio-dsr:trace:${traceId}`,
    code: failure.code,
    ...(failure.findings.length === 0 ? {} : { errors: [...failure.findings] }),
  };
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="studio-dsr"';
  if (status === 503)
    headers["retry-after"] = String(Math.ceil((failure.retryAfterMs ?? 5000) / 1000));
  return { status, headers, body: JSON.stringify(problem) };
}

function withHeaders(answer: HttpResponseInit): HttpResponseInit {
  return {
    ...answer,
    headers: {
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      ...(answer.headers as Record<string, string> | undefined),
    },
  };
}
