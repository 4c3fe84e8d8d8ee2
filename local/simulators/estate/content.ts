import { createCipheriv, createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";

/** First and last byte, both included. */
export type ByteRange = { readonly first: number; readonly last: number };

/** Bytes that can be read as a stream from any position, as often as wanted. */
export interface Content {
  readonly sizeBytes: number;
  /** Strong entity tag with its quotes; differs whenever the bytes do. */
  readonly etag: string;
  open(range: ByteRange): Readable;
}

/** A file on disk. Throws when it does not exist. */
export function fileContent(path: string): Content {
  const { size, mtimeMs } = statSync(path);
  return {
    sizeBytes: size,
    etag: etagOf(`${path}:${size}:${mtimeMs}`),
    open: ({ first, last }) => createReadStream(path, { start: first, end: last }),
  };
}

/** A few bytes in memory. */
export function bytesContent(bytes: Buffer): Content {
  return {
    sizeBytes: bytes.length,
    etag: etagOf(bytes),
    open: ({ first, last }) => Readable.from([bytes.subarray(first, last + 1)]),
  };
}

/**
 * Pseudo-random bytes fixed by the label, made while they are read: nothing is held in memory, and any
 * range can be read without what stands before it. They are the key stream of AES-256 in counter mode.
 */
export function generatedContent(label: string, sizeBytes: number): Content {
  const key = createHash("sha256").update(label).digest();
  return {
    sizeBytes,
    etag: etagOf(`${label}:${sizeBytes}`),
    open: (range) => Readable.from(keyStream(key, range), { objectMode: false }),
  };
}

const BLOCK_BYTES = 16;
const CHUNK_BYTES = 64 * 1024;

function* keyStream(key: Buffer, { first, last }: ByteRange): Generator<Buffer> {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(Math.floor(first / BLOCK_BYTES)), BLOCK_BYTES / 2);
  const cipher = createCipheriv("aes-256-ctr", key, counter);
  cipher.update(Buffer.alloc(first % BLOCK_BYTES));
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let position = first; position <= last; position += CHUNK_BYTES) {
    yield cipher.update(zeros.subarray(0, Math.min(CHUNK_BYTES, last - position + 1)));
  }
}

function etagOf(identity: string | Buffer): string {
  return `"0x${createHash("sha256").update(identity).digest("hex").slice(0, 16).toUpperCase()}"`;
}
