import type { z } from "zod";
import { AppError } from "../errors.ts";
import { Digester } from "./digest.ts";
import type { BlobRef, Packages } from "./ports.ts";

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
 * The lines of a blob whose digest is known, as a stream. Throws `package-corrupt` when a line does not fit, and at
 * the end when it was another blob: until then nothing that was read of it may be relied on.
 */
export async function* knownLines<T>(
  packages: Packages,
  ref: BlobRef,
  sha256: string,
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  const digester = new Digester();
  yield* parseLines(digesting(await packages.read(ref), digester), schema);
  if (digester.digest().sha256 !== sha256) {
    throw new AppError("package-corrupt", `The blob ${ref.name} is not the one that was recorded`);
  }
}

/** A value as one line. */
export function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

async function* digesting(
  bytes: AsyncIterable<Uint8Array>,
  digester: Digester,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    digester.update(chunk);
    yield chunk;
  }
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
