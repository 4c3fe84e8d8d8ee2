import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { submitBodySchema } from "../shared/core/wire.ts";
import { submit } from "../shared/pipeline/intake.ts";
import { acceptedAnswer } from "./accepted-answer.ts";
import { idempotencyKeyOf } from "./headers.ts";
import { guarded, readBody } from "./http.ts";
import { submissionTrace } from "./trace.ts";

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
        traceParent: submissionTrace(request.headers.get("traceparent")),
      });
      return acceptedAnswer(stage, accepted);
    },
  });
}
