import { createHash } from "node:crypto";
import { AppError, type ErrorCode, toAppError } from "../../errors.ts";
import type { MissingFile, SourceFile } from "../../pipeline/ports.ts";
import type { Redacted } from "../redaction/redact.ts";
import type { Source } from "./source.ts";

/** What an asset is exported as: files that are there, and those that cannot be had for good. */
export type Part = SourceFile | MissingFile;

/** A file's key: its kind, and what tells it from the others of the asset, such as ids, in a form that is ours. */
export function keyOf(kind: string, ...ids: readonly string[]): string {
  if (ids.length === 0) return kind;
  const digest = createHash("sha256").update(JSON.stringify(ids)).digest("hex");
  return `${kind}-${digest.slice(0, 20)}`;
}

/** A JSON document as received, held in memory without its secrets. Always opened at its start. */
export async function documentFile(
  source: Source,
  key: string,
  path: readonly string[],
  text: string,
): Promise<SourceFile> {
  return memoryFile(key, path, (await source.redactor()).document(text));
}

/** A text of ours without its secrets, such as a script that stands in a document. */
export async function textFile(
  source: Source,
  key: string,
  path: readonly string[],
  text: string,
): Promise<SourceFile> {
  return memoryFile(key, path, (await source.redactor()).text(text));
}

function memoryFile(
  key: string,
  path: readonly string[],
  { text, redactions }: Redacted,
): SourceFile {
  const bytes = new TextEncoder().encode(text);
  return {
    key,
    path,
    bytes: bytes.length,
    redactions,
    open: async () => ({ body: once(bytes), offset: 0, totalBytes: bytes.length, tag: null }),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Failures for good of one thing; others are of the workspace, or may pass. */
const OF_ONE_THING: ReadonlySet<ErrorCode> = new Set([
  "asset-not-found",
  "source-invalid",
  "workspace-unreadable",
  "outbound-refused",
]);

/** The document that `read` gives; one that cannot be had for good is named instead. */
export async function documentOrMissing(
  source: Source,
  key: string,
  path: readonly string[],
  read: () => Promise<string>,
): Promise<Part> {
  try {
    return await documentFile(source, key, path, await read());
  } catch (error) {
    const { code } = toAppError(error);
    if (!OF_ONE_THING.has(code)) throw error;
    return { path, reason: code };
  }
}

/** What `read` gives, or null when there is no such thing. */
export async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (toAppError(error).code !== "asset-not-found") throw error;
    return null;
  }
}

/** The error for an asset that the workspace does not have, or not any more. */
export function noSuchAsset(): AppError {
  return new AppError("asset-not-found", "The asset is not in the workspace");
}
