import { Readable } from "node:stream";

const PIECE_BYTES = 128 * 1024;

/**
 * Bytes as the body of an upload, handed over piece by piece. A block that is written in one go is copied and
 * encrypted as a whole before it leaves: so each upload would hold its block three times.
 */
export function inPieces(bytes: Uint8Array): () => NodeJS.ReadableStream {
  return () => Readable.from(piecesOf(bytes), { objectMode: false, highWaterMark: PIECE_BYTES });
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
