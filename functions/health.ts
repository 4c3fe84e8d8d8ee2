import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { open } from "./http.ts";

/** `GET /api/health`: 200 when the ledger answers, 503 otherwise. */
export function health(context: Context): HttpHandler {
  return open(context, async () => {
    const { dueIndex, clock } = await context.intake();
    await dueIndex.until(clock.now(), 1);
    return { jsonBody: { status: "ok" } };
  });
}
