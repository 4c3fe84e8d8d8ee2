import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { type InventoryLineView, inventoryLineViewSchema } from "../shared/core/wire.ts";
import { CommandError } from "./command-error.ts";

/**
 * The lines of an inventory, while they come. The last is the one of the type "end"; an answer without it has broken
 * off, and a {@link CommandError} says so.
 */
export async function* inventoryLines({ body }: Response): AsyncGenerator<InventoryLineView> {
  const input = Readable.fromWeb((body ?? ReadableStream.from([])) as NodeStream<Uint8Array>);
  let isWhole = false;
  try {
    for await (const text of createInterface({ input })) {
      const line = inventoryLineViewSchema.parse(JSON.parse(text));
      isWhole = line.type === "end";
      yield line;
    }
  } catch (cause) {
    throw brokenOff(cause);
  }
  if (!isWhole) throw brokenOff();
}

function brokenOff(cause?: unknown): CommandError {
  return new CommandError("The inventory broke off; what is above is not all. Try again.", {
    cause,
  });
}
