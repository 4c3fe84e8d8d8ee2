import { type Span } from "./span.ts";

/** Encodings that a secret can lie in, and the way back from the decoded text to the text as received. */

/** Spans of the content of a JSON string, as spans of the text that holds its literal at `offset`. */
export function throughJsonString(literal: string, offset: number, spans: readonly Span[]): Span[] {
  const toRaw = jsonOffsets(literal);
  return spans.map(({ start, end, reason, replacement }) => ({
    start: offset + toRaw(start),
    end: offset + toRaw(end),
    reason,
    replacement: JSON.stringify(replacement).slice(1, -1),
  }));
}

/**
 * Where in a literal each character of its content begins (RFC 8259, 7). The positions asked for may come in any
 * order, but the walk goes on from the last one, so ascending ones cost one walk.
 */
function jsonOffsets(literal: string): (index: number) => number {
  let [raw, at] = [1, 0];
  return (index) => {
    if (index < at) [raw, at] = [1, 0];
    for (; at < index; at += 1) {
      if (literal[raw] !== "\\") raw += 1;
      else raw += literal[raw + 1] === "u" ? 6 : 2;
    }
    return raw;
  };
}

/** A text whose percent escapes are decoded once, and the way back; null when there is nothing to decode. */
export type PercentDecoded = {
  readonly text: string;
  back(spans: readonly Span[]): Span[];
};

// One character's escapes: one to four bytes of UTF-8 (RFC 3986, 2.1; RFC 3629, 3).
const ESCAPES =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3}/gi;

/** Decodes what is a percent escape of UTF-8, and leaves any other `%` as it is. */
export function percentDecoded(text: string): PercentDecoded | null {
  const parts: string[] = [];
  /** Where a decoded piece begins, how much longer its escapes are, all told. */
  const shifts: { readonly at: number; readonly by: number }[] = [];
  let [from, decodedAt, shift] = [0, 0, 0];
  for (const { 0: escapes, index } of text.matchAll(ESCAPES)) {
    const character = decodedOf(escapes);
    if (character === null) continue;
    parts.push(text.slice(from, index), character);
    decodedAt += index - from + character.length;
    shift += escapes.length - character.length;
    shifts.push({ at: decodedAt, by: shift });
    from = index + escapes.length;
  }
  if (shifts.length === 0) return null;
  parts.push(text.slice(from));
  return { text: parts.join(""), back: (spans) => spans.map((span) => unshifted(span, shifts)) };
}

function decodedOf(escapes: string): string | null {
  try {
    return decodeURIComponent(escapes);
  } catch {
    // Bytes that UTF-8 forbids, such as surrogates: no text, so left alone.
    return null;
  }
}

function unshifted(span: Span, shifts: readonly { at: number; by: number }[]): Span {
  const raw = (index: number) => index + (shifts.findLast(({ at }) => at <= index)?.by ?? 0);
  return {
    ...span,
    start: raw(span.start),
    end: raw(span.end),
    replacement: span.replacement.replaceAll('"', "%22"),
  };
}
