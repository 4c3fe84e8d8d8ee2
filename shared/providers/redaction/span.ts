/** A secret in a text: its characters from `start` up to `end`, why it is one, and what stands there instead. */
export type Span = {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
  readonly replacement: string;
};

/** What stands for a secret within a text. In JSON, a value that is no text becomes one. */
export const REDACTED = "[redacted]";

/** The spans in order; those that overlap are one, with the reason of the one that begins first or is longer. */
export function merged<S extends Span>(spans: readonly S[]): S[] {
  const kept: S[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    else if (span.end > last.end) kept.splice(-1, 1, { ...last, end: span.end });
  }
  return kept;
}

/** The text with the replacements in place of the spans, which are in order and do not overlap. */
export function replaced(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, replacement } of spans) {
    parts.push(text.slice(from, start), replacement);
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join("");
}
