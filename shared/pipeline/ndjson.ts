import type { z } from "zod";
import { AppError } from "../errors.ts";
import type { BlobRef, Packages } from "./ports.ts";
import { sha256Of } from "./sha256.ts";

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

/**
 * The lines of a small blob whose digest is known. Throws `package-corrupt` when it is another blob by now,
 * or a line does not fit.
 */
export async function* knownLines<T>(
  packages: Packages,
  ref: BlobRef,
  sha256: string,
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  const bytes = Buffer.concat(await Array.fromAsync(await packages.read(ref)));
  if (sha256Of(bytes) !== sha256) {
    throw new AppError("package-corrupt", `The blob ${ref.name} is not the one that was recorded`);
  }
  yield* parseLines(oneChunk(bytes), schema);
}

/** A value as one line. */
export function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
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
