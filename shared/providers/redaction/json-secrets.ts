import { visit } from "jsonc-parser";
import { toPointer } from "../json.ts";
import { throughJsonString } from "./encodings.ts";
import { secretMemberReason, secretParameterReason } from "./secret-names.ts";
import { REDACTED, type Span } from "./span.ts";

/** A secret of a JSON document, with the JSON pointer (RFC 6901) of the value that holds it. */
export type JsonSpan = Span & { readonly pointer: string };

/** Finds the secrets within a text value. */
export type SearchText = (content: string) => readonly Span[];

/** A finished value of the text. `content` is undefined for objects and arrays. */
type Value = { readonly start: number; readonly end: number; readonly content: unknown };

/**
 * An object or array being read: `key` is the member or index at hand. `names` and `values` are the members
 * of a parameter; a member may occur twice, and then each counts.
 */
type Frame = {
  readonly start: number;
  key: string | number;
  readonly names: string[];
  readonly values: { readonly key: string; readonly value: Value }[];
};

/** Signals text that is no JSON; never leaves this file. */
class NotJson extends Error {}

/**
 * Every secret of a JSON text, in the order in which it is certain; null when the text is no JSON. Spans can lie in
 * one another. The text must not be nested deep: reading it costs stack.
 */
export function jsonSecrets(text: string, searchText: SearchText): readonly JsonSpan[] | null {
  const search = new JsonSearch(text, searchText);
  try {
    visit(
      text,
      {
        onObjectBegin: (offset) => search.enter(offset, ""),
        onObjectProperty: (name, offset, length) => search.at(name, offset, offset + length),
        onObjectEnd: (offset, length) => search.leave(offset + length),
        onArrayBegin: (offset) => search.enter(offset, 0),
        onArrayEnd: (offset, length) => search.leave(offset + length),
        onLiteralValue: (content: unknown, offset, length) => {
          search.value({ start: offset, end: offset + length, content });
        },
        onError: () => {
          throw new NotJson();
        },
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
    );
  } catch (error) {
    if (error instanceof NotJson) return null;
    throw error;
  }
  return search.found;
}

/** Follows the parser through a document and keeps what it finds. */
class JsonSearch {
  readonly found: JsonSpan[] = [];
  readonly #frames: Frame[] = [];
  readonly #text: string;
  readonly #searchText: SearchText;

  constructor(text: string, searchText: SearchText) {
    this.#text = text;
    this.#searchText = searchText;
  }

  enter(start: number, key: string | number): void {
    this.#frames.push({ start, key, names: [], values: [] });
  }

  /** Goes on to a member. Its name can hold a secret too, where a document is a map. */
  at(name: string, start: number, end: number): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.key = name;
    this.#addWithin({ start, end, content: name });
  }

  leave(end: number): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    this.#judgeParameter(frame);
    this.value({ start: frame.start, end, content: undefined });
  }

  /** Judges a value by the name of its member and by what it says, and files it for its siblings. */
  value(value: Value): void {
    const frame = this.#frames.at(-1);
    const key = frame?.key ?? "";
    const name = typeof key === "string" ? key : "";
    const reason = secretMemberReason(name, String(this.#frames.at(-2)?.key ?? ""), value.content);
    if (reason !== null) this.#addWhole(value, reason);
    else this.#addWithin(value);
    if (frame === undefined) return;
    if (typeof key === "number") frame.key = key + 1;
    const kind = name.toLowerCase();
    if (kind === "name" && typeof value.content === "string") frame.names.push(value.content);
    if (kind === "value" || kind === "defaultvalue") frame.values.push({ key: name, value });
  }

  /**
   * A parameter's value is a secret when the parameter's name says so: a member beside it, which may come first or
   * last, or the name under which the parameter itself stands.
   */
  #judgeParameter({ names, values }: Frame): void {
    const own = this.#frames.at(-1)?.key;
    const all = typeof own === "string" ? [...names, own] : names;
    for (const { key, value } of values) {
      const reasons = all.map((name) => secretParameterReason(name, value.content));
      const reason = reasons.find((found) => found !== null);
      if (reason !== undefined) this.#addWhole(value, reason, key);
    }
  }

  /** Null, booleans and empty texts hold no secret. */
  #addWhole({ start, end, content }: Value, reason: string, ...below: string[]): void {
    if (content === null || content === "" || typeof content === "boolean") return;
    const pointer = this.#pointer(below);
    const isText = typeof content === "string";
    this.found.push(
      isText
        ? { start: start + 1, end: end - 1, reason, pointer, replacement: REDACTED }
        : { start, end, reason, pointer, replacement: `"${REDACTED}"` },
    );
  }

  #addWithin({ start, end, content }: Value): void {
    if (typeof content !== "string") return;
    const spans = this.#searchText(content);
    if (spans.length === 0) return;
    const pointer = this.#pointer([]);
    const inText = throughJsonString(this.#text.slice(start, end), start, spans);
    this.found.push(...inText.map((span) => ({ ...span, pointer })));
  }

  #pointer(below: readonly string[]): string {
    return toPointer([...this.#frames.map(({ key }) => key), ...below]);
  }
}
