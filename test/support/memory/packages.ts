import { blobName } from "../../../shared/adapters/blob-names.ts";
import { AppError } from "../../../shared/errors.ts";
import type { BlobRef, Clock, Packages } from "../../../shared/pipeline/ports.ts";

/** What following a link came to, as HTTP would answer it. */
export type Visit = { readonly status: number; readonly body: Uint8Array };

/** Packages in memory, with a way to follow their links. */
export interface MemoryPackages extends Packages {
  /** Follows a link of `linker`. */
  visit(link: string, method?: string): Promise<Visit>;
}

type Container = {
  readonly blobs: Map<string, Uint8Array>;
  readonly staged: Map<string, Map<string, Uint8Array>>;
};

/**
 * Packages on the clock they are given, which ends their links. `overwrites` breaks them: a blob that is there is
 * replaced.
 */
export function memoryPackages(clock: Clock, overwrites = false): MemoryPackages {
  const containers = new Map<string, Container>();
  return {
    create: async (requestId) => {
      if (!containers.has(requestId)) {
        containers.set(requestId, { blobs: new Map(), staged: new Map() });
      }
    },
    put: async (ref, bytes) => {
      if (overwrites) forget(containers, ref);
      return write(containers, ref, bytes);
    },
    stage: async (ref, blockId, bytes) => stage(containers, ref, blockId, bytes),
    staged: async function* (ref) {
      const blocks = containers.get(ref.requestId)?.staged.get(blobName(ref.name)) ?? new Map();
      for (const [id, bytes] of [...blocks].sort(([a], [b]) => (a < b ? -1 : 1))) {
        yield { id, bytes: bytes.length };
      }
    },
    commit: async (ref, blockIds) => {
      if (overwrites) forget(containers, ref);
      return commit(containers, ref, blockIds);
    },
    read: async (ref, range) => {
      const blob = containers.get(ref.requestId)?.blobs.get(blobName(ref.name));
      if (blob === undefined) throw new AppError("not-found", "The blob was not found");
      const from = range?.offset ?? 0;
      if (range !== undefined && from >= blob.length) {
        throw new AppError("package-corrupt", "A blob is shorter than its record says");
      }
      return chunks(blob.slice(from, from + (range?.bytes ?? blob.length)));
    },
    list: async function* (requestId, prefix) {
      const blobs = [...(containers.get(requestId)?.blobs ?? [])].sort(([a], [b]) =>
        a < b ? -1 : 1,
      );
      for (const [name, bytes] of blobs) {
        if (name.startsWith(prefix)) yield { name, bytes: bytes.length };
      }
    },
    linker: async (requestId, expiresAt) => (name) =>
      `https://packages.invalid/${requestId}/${blobName(name)}?for=${requestId}/${name}&until=${expiresAt}`,
    purge: async (requestId) => void containers.delete(requestId),
    visit: async (link, method = "GET") => visit(containers, clock.now(), link, method),
  };
}

function containerOf(containers: ReadonlyMap<string, Container>, requestId: string): Container {
  const container = containers.get(requestId);
  if (container === undefined) throw new AppError("not-found", "The package has no container");
  return container;
}

function stage(
  containers: ReadonlyMap<string, Container>,
  ref: BlobRef,
  blockId: string,
  bytes: Uint8Array,
): void {
  const name = blobName(ref.name);
  const { staged } = containerOf(containers, ref.requestId);
  const blocks = staged.get(name) ?? new Map<string, Uint8Array>();
  if ([...blocks.keys()].some((id) => id.length !== blockId.length)) {
    throw new AppError("internal", "The block ids of a blob differ in length");
  }
  staged.set(name, blocks.set(blockId, Uint8Array.from(bytes)));
}

function commit(
  containers: ReadonlyMap<string, Container>,
  ref: BlobRef,
  blockIds: readonly string[],
): "created" | "exists" {
  const { blobs, staged } = containerOf(containers, ref.requestId);
  if (blobs.has(blobName(ref.name))) return "exists";
  const blocks = blockIds.map((id) => staged.get(ref.name)?.get(id));
  const present = blocks.filter((block) => block !== undefined);
  if (present.length < blocks.length) {
    throw new AppError("package-corrupt", "A block of the blob is not there");
  }
  return write(containers, ref, Buffer.concat(present));
}

function forget(containers: ReadonlyMap<string, Container>, ref: BlobRef): void {
  containers.get(ref.requestId)?.blobs.delete(blobName(ref.name));
}

function write(
  containers: ReadonlyMap<string, Container>,
  ref: BlobRef,
  bytes: Uint8Array,
): "created" | "exists" {
  const name = blobName(ref.name);
  const { blobs, staged } = containerOf(containers, ref.requestId);
  if (blobs.has(name)) return "exists";
  blobs.set(name, Uint8Array.from(bytes));
  staged.delete(name);
  return "created";
}

/** In chunks of 64 KiB, so that nobody relies on getting a blob in one piece. */
async function* chunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += 65_536) {
    yield bytes.slice(offset, offset + 65_536);
  }
}

function visit(
  containers: ReadonlyMap<string, Container>,
  now: string,
  link: string,
  method: string,
): Visit {
  const { pathname, searchParams } = new URL(link);
  const [, requestId = "", ...name] = pathname.split("/");
  const blob = containers.get(requestId)?.blobs.get(name.join("/"));
  const until = searchParams.get("until") ?? "";
  const isForThis = searchParams.get("for") === `${requestId}/${name.join("/")}`;
  if (method !== "GET" || until <= now || !isForThis)
    return { status: 403, body: new Uint8Array() };
  return blob === undefined
    ? { status: 404, body: new Uint8Array() }
    : { status: 200, body: Uint8Array.from(blob) };
}
