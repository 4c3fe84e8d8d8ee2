import type { HttpRequest } from "@azure/functions";
import { AppError } from "../shared/errors.ts";

/** What callers say in request headers, apart from their token. */

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
