import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { submitBodySchema } from "../shared/core/wire.ts";
import { submit } from "../shared/pipeline/intake.ts";
import { acceptedAnswer } from "./accepted-answer.ts";
import { idempotencyKeyOf, traceParentOf } from "./headers.ts";
import { guarded, readBody } from "./http.ts";

/** `POST /api/privacy-requests`: 202 once the request is stored, the same answer for the same submission. */
export function submitRequest(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester"],
    handle: async ({ request, caller }) => {
      const idempotencyKey = idempotencyKeyOf(request);
      const body = await readBody(request, submitBodySchema);
      const stage = await context.intake();
      const accepted = await submit(stage, {
        submitter: caller.callerId,
        source: "http",
        idempotencyKey,
        body,
        traceParent: traceParentOf(request),
      });
      return acceptedAnswer(stage, accepted);
    },
  });
}
