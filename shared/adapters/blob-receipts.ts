import { Readable } from "node:stream";
import type { BlobServiceClient } from "@azure/storage-blob";
import { AppError, isCode } from "../errors.ts";
import type { Receipts } from "../pipeline/ports.ts";
import { blobChunks } from "./blob-chunks.ts";
import { storageCall } from "./storage-errors.ts";

const CONTAINER = "receipts";
const BLOCK_BYTES = 1024 * 1024;

/** Receipts in Blob Storage: one blob per request in a container of their own, which no purge touches. */
export function blobReceipts(client: BlobServiceClient): Receipts {
  const container = client.getContainerClient(CONTAINER);
  const blobOf = (requestId: string) => {
    if (!/^[0-9a-f]{32}$/.test(requestId)) {
      throw new AppError("internal", "The id of a request must be 32 hex digits");
    }
    return container.getBlockBlobClient(`${requestId}.json`);
  };
  return {
    put: async (requestId, file) => {
      const blob = blobOf(requestId);
      try {
        await storageCall("Making the container of receipts", () => container.createIfNotExists());
        await storageCall("Writing a receipt", () =>
          blob.uploadStream(Readable.from(file), BLOCK_BYTES, 1, {
            conditions: { ifNoneMatch: "*" },
            blobHTTPHeaders: { blobContentType: "application/json" },
          }),
        );
        return "created";
      } catch (error) {
        if (isCode(error, "store-conflict")) return "exists";
        throw error;
      }
    },
    read: async (requestId) => {
      try {
        const { readableStreamBody } = await storageCall("Reading a receipt", () =>
          blobOf(requestId).download(),
        );
        return readableStreamBody === undefined ? null : blobChunks(readableStreamBody);
      } catch (error) {
        if (isCode(error, "not-found")) return null;
        throw error;
      }
    },
  };
}
