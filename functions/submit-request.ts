import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { requestView } from "../shared/core/view.ts";
import { submitBodySchema } from "../shared/core/wire.ts";
import { submit } from "../shared/pipeline/intake.ts";
import { progressOf } from "../shared/pipeline/progress.ts";
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
      const view = requestView(accepted.request, await progressOf(stage, accepted.request));
      return {
        status: 202,
        jsonBody: view,
        headers: {
          location: `/api/privacy-requests/${view.id}`,
          "retry-after": "2",
          ...(accepted.isReplay ? { "idempotent-replayed": "true" } : {}),
        },
      };
    },
  });
}
