import type { Receipts } from "../../../shared/pipeline/ports.ts";

/** Receipts in memory. */
export function memoryReceipts(): Receipts {
  const files = new Map<string, Uint8Array>();
  return {
    put: async (requestId, file) => {
      const bytes = Buffer.concat(await Array.fromAsync(file));
      if (files.has(requestId)) return "exists";
      files.set(requestId, bytes);
      return "created";
    },
    read: async (requestId) => {
      const bytes = files.get(requestId);
      return bytes === undefined ? null : once(bytes);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
