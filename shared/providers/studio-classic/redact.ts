import type { Redaction } from "../../core/slice.ts";
import { findSecrets, type SecretSpan } from "./secret-spans.ts";

/** A document without its secrets. Every character outside the redacted values is as it was. */
export type Redacted = { readonly text: string; readonly redactions: readonly Redaction[] };

const REPLACEMENT = '"[redacted]"';

/**
 * Takes the credentials out of a JSON document of Studio (classic). The text is cut by offsets and never
 * written anew, so that 64-bit numbers, escapes, order and blanks stay as received. Null, booleans and
 * empty strings stay, since they hold no secret. What counts as a secret is said in `secrets.ts`.
 *
 * Throws `source-invalid` for text that is no JSON, or is nested deeper than 100 levels.
 */
export function redact(text: string): Redacted {
  const spans = outermost(findSecrets(text));
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    parts.push(text.slice(from, start), REPLACEMENT);
    from = end;
  }
  parts.push(text.slice(from));
  return {
    text: parts.join(""),
    redactions: spans.map(({ pointer, reason }) => ({ pointer, reason })),
  };
}

/** The spans in order, without those inside another one, which always begins before them. */
function outermost(spans: readonly SecretSpan[]): SecretSpan[] {
  const kept: SecretSpan[] = [];
  let end = 0;
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (span.start >= end) {
      kept.push(span);
      end = span.end;
    }
  }
  return kept;
}
