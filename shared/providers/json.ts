import { visit } from "jsonc-parser";
import type { z } from "zod";
import { AppError } from "../errors.ts";

/** Deeper JSON than this is refused: real documents need about ten levels, and recursion costs stack. */
const MAX_DEPTH = 100;

/** More members and items than this are refused: the list of 50,000 experiments has some two million. */
const MAX_MEMBERS = 4_000_000;

/**
 * The JSON value of `text`; null when it is empty or blank, as services answer for "nothing". Throws
 * `source-invalid` for text that is no JSON, is nested deeper than 100 levels or has over four million members; the
 * error never repeats the text.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === "") return null;
  assertModest(text);
  try {
    return JSON.parse(text);
  } catch {
    // The engine's error quotes the text, so it is not kept as the cause.
    throw new AppError("source-invalid", "The source's answer is not JSON");
  }
}

/**
 * `value` as `schema` describes it. Throws `source-invalid` with a finding per mismatch, which names the
 * place and never the value.
 */
export function parseShape<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("source-invalid", "The source's answer does not have the expected shape", {
    findings: result.error.issues.map(({ path, code }) => ({
      pointer: toPointer(path),
      detail: code,
    })),
  });
}

/** The JSON pointer (RFC 6901) of a path. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/**
 * The elements of a JSON array, each as its own text as received. The text is known to be JSON; one that is no array
 * has no elements.
 */
export function rawElements(text: string): string[] {
  const elements: string[] = [];
  let [depth, start] = [0, 0];
  const begin = (offset: number) => {
    if (depth === 1) start = offset;
    depth += 1;
  };
  const end = (offset: number, length: number) => {
    depth -= 1;
    if (depth === 1) elements.push(text.slice(start, offset + length));
  };
  visit(text, {
    onObjectBegin: begin,
    onObjectEnd: end,
    onArrayBegin: begin,
    onArrayEnd: end,
    onLiteralValue: (_value, offset, length) => {
      if (depth === 1) elements.push(text.slice(offset, offset + length));
    },
  });
  return text.trimStart().startsWith("[") ? elements : [];
}

/** The object with its member names in lower case; an empty object for anything else. */
export function lowerKeys(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));
}

/** Throws `source-invalid` when brackets outside strings nest too deep, or there are too many members. */
export function assertModest(text: string): void {
  if (isModest(text)) return;
  const limits = `deeper than ${MAX_DEPTH} levels, or has over ${MAX_MEMBERS} members`;
  throw new AppError("source-invalid", `The source's JSON is ${limits}`);
}

/**
 * Whether brackets outside strings nest no deeper than 100 levels, with no more than four million members and items;
 * depth costs no stack here.
 */
export function isModest(text: string): boolean {
  let depth = 0;
  let members = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString && character === "\\") at += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === ",") members += 1;
    else if (character === "{" || character === "[") {
      depth += 1;
      members += 1;
    } else if (character === "}" || character === "]") depth -= 1;
    if (depth > MAX_DEPTH || members > MAX_MEMBERS) return false;
  }
  return true;
}
