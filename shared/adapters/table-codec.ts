import type { z } from "zod";
import { AppError } from "../errors.ts";

/**
 * How a value is kept in a table row: its JSON, cut over the properties `body0`, `body1`, ... The service
 * counts two bytes per character, takes 64 KiB per property and 1 MiB per row:
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */

const MAX_PROPERTY_CHARS = 30_000;
/** 1 MiB less 16 KiB for keys, names and the columns beside the body. */
const MAX_BODY_BYTES = 1024 * 1024 - 16 * 1024;

/** Properties that hold text. */
export type Body = Record<string, string>;

/** The value as properties. Throws `internal` when it does not fit into a row. */
export function encodeBody(value: unknown): Body {
  const json = JSON.stringify(value);
  if (json.length * 2 > MAX_BODY_BYTES) {
    throw new AppError("internal", "A record is too large for a table row");
  }
  const body: Body = {};
  for (let index = 0, start = 0; start < json.length; index += 1) {
    const end = cut(json, start + MAX_PROPERTY_CHARS);
    body[`body${index}`] = json.slice(start, end);
    start = end;
  }
  return body;
}

/** The value of a row. Throws `internal`, naming the fields and not their values, when it isn't `schema`'s. */
export function decodeBody<T>(schema: z.ZodType<T>, row: Readonly<Record<string, unknown>>): T {
  let json = "";
  for (let index = 0; ; index += 1) {
    const part = row[`body${index}`];
    if (typeof part !== "string") break;
    json += part;
  }
  const parsed = schema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw new AppError("internal", `A stored record cannot be understood: ${fields || "its form"}`);
}

/**
 * The key, if a row can have it: 1 to 500 of the characters that our keys are made of. The service refuses
 * `/ \ # ?` and control characters. Throws `internal`.
 */
export function tableKey(key: string): string {
  if (!/^[A-Za-z0-9:._~-]{1,500}$/.test(key)) {
    throw new AppError("internal", "The key of a table row has characters that are not allowed");
  }
  return key;
}

/** A place to cut at or before `end` that does not part a surrogate pair: half a character is not UTF-8. */
function cut(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new AppError("internal", "A stored record is not JSON");
  }
}
