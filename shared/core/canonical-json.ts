/**
 * JSON in the one form that a digest can be taken of: the JSON Canonicalization Scheme (RFC 8785). Numbers and
 * strings are written as ECMAScript writes them, which is what the RFC asks for (3.2.2), members are sorted by the
 * UTF-16 code units of their names (3.2.3), and there is no white space.
 */

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/**
 * The canonical text of a value. Throws `TypeError` for what has none: a number that is not finite, a text with half
 * a surrogate pair (RFC 8785, 3.2.2.2 and 3.2.2.3).
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError("A number that is not finite has no JSON form");
  }
  if (typeof value === "string") return textOf(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${textOf(name)}:${canonicalJson(item)}`).join(",")}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function textOf(text: string): string {
  if (!text.isWellFormed())
    throw new TypeError("A text with half a surrogate pair has no JSON form");
  return JSON.stringify(text);
}
