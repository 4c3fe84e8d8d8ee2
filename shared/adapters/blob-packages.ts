import { createHash } from "node:crypto";
import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import { AppError, isCode } from "../errors.ts";
import type { BlobRef, Clock, Packages, StagedBlock, StoredBlob } from "../pipeline/ports.ts";
import { blobChunks } from "./blob-chunks.ts";
import { blobLinks } from "./blob-links.ts";
import { blobName, containerName } from "./blob-names.ts";
import { inPieces } from "./blob-pieces.ts";
import { storageCode, storageError } from "./storage-errors.ts";

/** Nothing is ever written over. */
const ONLY_NEW = { conditions: { ifNoneMatch: "*" } };

/**
 * Packages in Blob Storage: the container `export-<request id>` per request. The MD5 that goes with every
 * blob of one call is kept as its property. Blocks have theirs `withBlockMd5` only: TLS already makes the service
 * refuse bytes that changed on the way, and the MD5 is the dearest part of an upload. The client's own CRC-64 option
 * is not used, for it stores its framing as content on services that do not know it. Beside what the port says,
 * writing to a container that is gone throws `not-found`, and reading from beyond the end `package-corrupt`.
 *
 * `client` needs a token credential: links are signed with a key that Entra's delegate may ask for.
 */
export function blobPackages(
  client: BlobServiceClient,
  clock: Clock,
  { withBlockMd5 }: { readonly withBlockMd5: boolean } = { withBlockMd5: true },
): Packages {
  const links = blobLinks(client, clock);
  return {
    create: async (requestId) => {
      const container = client.getContainerClient(containerName(requestId));
      await call("Making a container", () => container.createIfNotExists());
    },
    put: (ref, bytes) => {
      const upload = () =>
        blobOf(client, ref).upload(bytes, bytes.length, {
          ...ONLY_NEW,
          transactionalContentMD5: md5(bytes),
        });
      return unlessThere(call("Writing a blob", upload));
    },
    stage: async (ref, blockId, bytes) => {
      const stage = () =>
        blobOf(client, ref).stageBlock(encodeBlockId(blockId), inPieces(bytes), bytes.length, {
          ...(withBlockMd5 && { transactionalContentMD5: md5(bytes) }),
        });
      await call("Staging a block", stage);
    },
    staged: (ref) => staged(blobOf(client, ref)),
    commit: async (ref, blockIds) => commit(blobOf(client, ref), blockIds),
    read: (ref, range) => read(client, ref, range),
    list: (requestId, prefix) => list(client, requestId, prefix),
    linker: async (requestId, expiresAt) => {
      const link = await call("Signing links", () => links(expiresAt));
      return (name, fileName) => link(blobOf(client, { requestId, name }), fileName);
    },
    purge: (requestId) => purge(client, requestId),
  };
}

/** The client of a blob. Throws `internal` when its address is not within the request's container. */
function blobOf(client: BlobServiceClient, { requestId, name }: BlobRef): BlockBlobClient {
  const container = client.getContainerClient(containerName(requestId));
  const blob = container.getBlockBlobClient(blobName(name));
  if (new URL(blob.url).pathname === `${new URL(container.url).pathname}/${name}`) return blob;
  throw new AppError("internal", "The address of a blob is outside its container");
}

/** The service lists blocks by their ids; one that was staged twice is there once. */
async function* staged(blob: BlockBlobClient): AsyncIterable<StagedBlock> {
  try {
    const { uncommittedBlocks = [] } = await blob.getBlockList("uncommitted");
    const blocks = uncommittedBlocks.map(({ name, size }) => ({
      id: Buffer.from(name, "base64").toString(),
      bytes: size,
    }));
    yield* blocks.sort((a, b) => (a.id < b.id ? -1 : 1));
  } catch (error) {
    const failure = storageError(error, "Listing blocks");
    if (failure.code !== "not-found") throw failure;
  }
}

function commit(blob: BlockBlobClient, blockIds: readonly string[]): Promise<"created" | "exists"> {
  const run = async () => {
    try {
      await blob.commitBlockList(blockIds.map(encodeBlockId), ONLY_NEW);
    } catch (error) {
      if (!isMissingBlock(error)) throw error;
      // A committed blob has no staged blocks left, and the service may tell that first.
      if (await blob.exists()) throw new AppError("store-conflict", "The blob is there");
      throw new AppError("package-corrupt", "A block of the blob is not there");
    }
  };
  return unlessThere(call("Committing a blob", run));
}

function isMissingBlock(error: unknown): boolean {
  const code = storageCode(error);
  return code === "InvalidBlockList" || code === "InvalidBlockId";
}

async function read(
  client: BlobServiceClient,
  ref: BlobRef,
  range?: { offset: number; bytes: number },
): Promise<AsyncIterable<Uint8Array>> {
  const open = () => blobOf(client, ref).download(range?.offset ?? 0, range?.bytes);
  const { readableStreamBody, contentLength } = await call("Reading a blob", open);
  if (readableStreamBody === undefined) {
    throw new AppError("internal", "The blob client gave no stream");
  }
  // Azure refuses a range that begins at the very end; Azurite answers it with nothing.
  if (range !== undefined && contentLength === 0) throw tooShort();
  return blobChunks(readableStreamBody);
}

/** So many blobs are listed in one answer: the service's 5,000 take 30 MB while they are read. */
const LISTED_AT_ONCE = 1_000;

/** Everything there is; a container that is gone holds nothing. */
async function* list(
  client: BlobServiceClient,
  requestId: string,
  prefix: string,
): AsyncIterable<StoredBlob> {
  const container = client.getContainerClient(containerName(requestId));
  try {
    const pages = container.listBlobsFlat({ prefix }).byPage({ maxPageSize: LISTED_AT_ONCE });
    for await (const { segment } of pages) {
      for (const { name, properties } of segment.blobItems) {
        yield { name, bytes: properties.contentLength ?? 0 };
      }
    }
  } catch (error) {
    const failure = storageError(error, "Listing blobs");
    if (failure.code !== "not-found") throw failure;
  }
}

async function purge(client: BlobServiceClient, requestId: string): Promise<void> {
  const container = client.getContainerClient(containerName(requestId));
  await call("Deleting a container", async () => {
    try {
      await container.deleteIfExists();
    } catch (error) {
      if (storageCode(error) !== "ContainerBeingDeleted") throw error;
    }
  });
}

async function call<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (storageCode(error) === "InvalidRange") throw tooShort();
    throw storageError(error, name);
  }
}

function tooShort(): AppError {
  return new AppError("package-corrupt", "A blob is shorter than its record says");
}

/** With `If-None-Match: *` a conflict says that the blob is there. */
async function unlessThere(written: Promise<unknown>): Promise<"created" | "exists"> {
  try {
    await written;
    return "created";
  } catch (error) {
    if (isCode(error, "store-conflict")) return "exists";
    throw error;
  }
}

function encodeBlockId(blockId: string): string {
  return Buffer.from(blockId).toString("base64");
}

function md5(bytes: Uint8Array): Uint8Array {
  return createHash("md5").update(bytes).digest();
}
