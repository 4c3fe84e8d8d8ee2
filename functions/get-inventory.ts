import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import type { InventoryLineView } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import { inventoryView } from "../shared/pipeline/inventory-view.ts";
import { guarded } from "./http.ts";
import { workspaceIdOf } from "./workspace-id.ts";

/**
 * `GET /api/workspaces/{id}/inventory`: what the workspace holds, as lines of JSON while they are found. What goes
 * wrong before the first line is a problem; later the answer breaks off, and has no line "end".
 */
export function getInventory(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const workspaceId = workspaceIdOf(request);
      if (workspaceId === null) throw new AppError("not-found", "There is no such workspace");
      const lines = inventoryView(await context.stage(), caller.callerId, workspaceId);
      const first = await lines.next();
      return {
        headers: { "content-type": "application/x-ndjson" },
        body: ReadableStream.from(textOf(first, lines)),
      };
    },
  });
}

async function* textOf(
  first: IteratorResult<InventoryLineView>,
  rest: AsyncGenerator<InventoryLineView>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let next = first; next.done !== true; next = await rest.next()) {
    yield encoder.encode(`${JSON.stringify(next.value)}\n`);
  }
}
