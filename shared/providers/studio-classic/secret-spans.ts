import { visit } from "jsonc-parser";
import { AppError } from "../../errors.ts";
import { assertShallow, toPointer } from "../json.ts";
import { secretParameterReason, secretReason } from "./secrets.ts";

/** A secret value in a text: its characters from `start` up to `end`, where it is and why it is one. */
export type SecretSpan = {
  readonly start: number;
  readonly end: number;
  readonly pointer: string;
  readonly reason: string;
};

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

/**
 * Every secret value of a JSON text, in the order in which it is certain. Spans can lie in one another.
 * Throws `source-invalid` for text that is no JSON, or is nested deeper than 100 levels.
 */
export function findSecrets(text: string): readonly SecretSpan[] {
  assertShallow(text);
  const search = new SecretSearch();
  visit(
    text,
    {
      onObjectBegin: (offset) => search.enter(offset, ""),
      onObjectProperty: (name) => search.at(name),
      onObjectEnd: (offset, length) => search.leave(offset + length),
      onArrayBegin: (offset) => search.enter(offset, 0),
      onArrayEnd: (offset, length) => search.leave(offset + length),
      onLiteralValue: (content: unknown, offset, length) => {
        search.value({ start: offset, end: offset + length, content });
      },
      onError: () => {
        throw new AppError("source-invalid", "The document is not JSON");
      },
    },
    { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
  );
  return search.found;
}

/** Follows the parser through a document and keeps what it finds. */
class SecretSearch {
  readonly found: SecretSpan[] = [];
  readonly #frames: Frame[] = [];

  enter(start: number, key: string | number): void {
    this.#frames.push({ start, key, names: [], values: [] });
  }

  at(name: string): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.key = name;
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
    const name = typeof key === "string" ? key.toLowerCase() : "";
    const reason = mayBeSecret(value) ? secretReason(name, value.content) : null;
    if (reason !== null) this.#add(value, reason);
    if (frame === undefined) return;
    if (typeof key === "number") frame.key = key + 1;
    if (name === "name" && typeof value.content === "string") frame.names.push(value.content);
    if (name === "value" || name === "defaultvalue") frame.values.push({ key: String(key), value });
  }

  /** A parameter's value is a secret when the parameter's name says so; either may come first. */
  #judgeParameter({ names, values }: Frame): void {
    const reason = names.map(secretParameterReason).find((found) => found !== null);
    if (reason === undefined) return;
    for (const { key, value } of values) {
      if (mayBeSecret(value)) this.#add(value, reason, key);
    }
  }

  #add({ start, end }: Value, reason: string, ...below: string[]): void {
    const pointer = toPointer([...this.#frames.map(({ key }) => key), ...below]);
    this.found.push({ start, end, pointer, reason });
  }
}

/** Null, booleans and empty strings hold no secret. */
function mayBeSecret({ content }: Value): boolean {
  return content !== null && content !== "" && typeof content !== "boolean";
}
