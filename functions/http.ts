import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from "@azure/functions";
import type { z } from "zod";
import type { Context } from "../shared/context.ts";
import { type Caller, hasRole, type Role } from "../shared/core/caller.ts";
import type { Problem } from "../shared/core/wire.ts";
import { AppError, ERROR_RULES, type Finding, toAppError } from "../shared/errors.ts";
import { errorName } from "../shared/telemetry.ts";

/** The HTTP edge: bearer token to caller, capped bodies, errors to problem details. */

/** The largest body that is read. */
const MAX_BODY_BYTES = 64 * 1024;

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
 * The handler of a route that anybody may call. Every failure becomes problem details (RFC 9457); what is
 * unforeseen is told to operators under the invocation's id, which is in the answer too.
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
 * The body as JSON of that shape. Throws `media-type-unsupported`, `body-too-large`, and `validation-failed`
 * with every finding at once; no finding repeats a value.
 */
export async function readBody<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new AppError("media-type-unsupported", "Send the body as application/json");
  }
  const parsed = schema.safeParse(parseJson(await readText(request)));
  if (parsed.success) return parsed.data;
  throw new AppError("validation-failed", "The body is not valid", {
    findings: findingsOf(parsed.error),
  });
}

/**
 * The caller's name for a submission, or null (draft-ietf-httpapi-idempotency-key-header-07: a structured
 * field string; a bare word is taken too). Throws `validation-failed`.
 */
export function idempotencyKeyOf(request: HttpRequest): string | null {
  const header = request.headers.get("idempotency-key");
  if (header === null) return null;
  const key = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\w.~:-]{1,200}))$/.exec(header.trim());
  const text = key?.[1] ?? key?.[2];
  if (text !== undefined) return text;
  throw new AppError("validation-failed", "The Idempotency-Key header is not valid", {
    findings: [{ pointer: "", detail: "Idempotency-Key: a quoted string of 1 to 200 characters" }],
  });
}

/** The caller's trace, or null (https://www.w3.org/TR/trace-context/#traceparent-header). */
export function traceParentOf(request: HttpRequest): string | null {
  const header = request.headers.get("traceparent") ?? "";
  return /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : null;
}

async function readText(request: HttpRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new AppError("body-too-large", `The body may have ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
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

/** What is wrong, in words of ours: zod's own messages can repeat what was sent. */
function findingsOf(error: z.ZodError): Finding[] {
  const describe = (issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[]): Finding[] =>
    issues.flatMap((issue) => {
      const path = [...base, ...issue.path];
      const pointer = path.map(
        (part) => `/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`,
      );
      if (issue.code === "invalid_union") return describe(closest(issue.errors), path);
      if (issue.code === "unrecognized_keys") {
        return [{ pointer: pointer.join(""), detail: "has members that are not known here" }];
      }
      return [{ pointer: pointer.join(""), detail: issue.message }];
    });
  return describe(error.issues, []);
}

/** Of the forms that a value could have had, the one that it comes closest to. */
function closest(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  return [...forms].sort((a, b) => weightOf(a) - weightOf(b))[0] ?? [];
}

/** A member that is missing, or has another name, says more than a value that is not right. */
function weightOf(issues: readonly z.core.$ZodIssue[]): number {
  const weights = issues.map((issue) => {
    if (issue.code === "invalid_union") return weightOf(closest(issue.errors));
    if (issue.code === "unrecognized_keys") return 3 * issue.keys.length;
    return issue.code === "invalid_type" ? 5 : 1;
  });
  return weights.reduce((sum, weight) => sum + weight, 0);
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
