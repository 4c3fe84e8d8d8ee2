import type { z } from "zod";
import { AppError } from "../errors.ts";

/** Newline-delimited JSON, a line at a time. */

/** The lines of a stream, parsed and checked. Throws `package-corrupt` for a line that does not fit. */
export async function* parseLines<T>(
  bytes: AsyncIterable<Uint8Array>,
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield parseLine(line, schema);
  }
  rest += decoder.decode();
  if (rest !== "") yield parseLine(rest, schema);
}

/** A value as one line. */
export function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function parseLine<T>(line: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new AppError("package-corrupt", "A stored list has a line that is not JSON", { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new AppError("package-corrupt", "A stored list has a line of another shape", {
      cause: parsed.error,
    });
  }
  return parsed.data;
}
