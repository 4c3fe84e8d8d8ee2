import type { TypedData } from "./core-types.ts";

/** What JSON can begin with, behind white space; numbers and words are looked at whole. */
const MAY_BE_JSON = /^\s*(?:[{["]|(?:-?\d[\d.eE+-]*|true|false|null)\s*$)/;

/**
 * Text as the library expects it, which takes text for JSON where it can be read so, and for what it is
 * otherwise. Text that is surely none is handed over in quotes: the library reads the same, and does not
 * fail to parse it first, which costs more than the rest of an invocation.
 */
export function typedText(text: string): TypedData {
  return MAY_BE_JSON.test(text) ? { string: text } : { json: JSON.stringify(text) };
}
