import { storageError } from "./storage-errors.ts";

/** The bytes of a blob that is being downloaded; a connection that breaks throws as `storageError` says. */
export async function* blobChunks(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    throw storageError(error, "Reading a blob");
  }
}
