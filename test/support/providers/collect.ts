import type { MissingFile, SourceFile } from "../../../shared/pipeline/ports.ts";

/** Everything that an iterable gives, in order. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The files of an asset that are there, in order. */
export async function collectFiles(
  parts: AsyncIterable<SourceFile | MissingFile>,
): Promise<SourceFile[]> {
  return (await collect(parts)).filter((part) => "open" in part);
}

/** The bytes of a body as text. */
export async function collectText(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collect(body)).toString();
}

/** The whole content of each file, as text. */
export async function textsOf(files: readonly SourceFile[]): Promise<string[]> {
  return Promise.all(files.map(async (file) => collectText((await file.open()).body)));
}
