import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { mayFetch } from "../shared/core/caller.ts";
import { AppError } from "../shared/errors.ts";
import { retryFailed } from "../shared/pipeline/retry-failed.ts";
import { acceptedAnswer } from "./accepted-answer.ts";
import { guarded } from "./http.ts";
import { submissionTrace } from "./trace.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `POST /api/privacy-requests/{id}/retry`: 202 and a new request for exactly the assets that failed, the same one
 * each time it is asked for. For the request's submitter and Operators.
 */
export function retryRequest(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const stage = await context.intake();
      const original = await visibleRequest(stage, caller, request.params["id"]);
      if (!mayFetch(caller, original)) {
        throw new AppError("forbidden", "Only its submitter or an Operator can retry a request");
      }
      const retrying = {
        actor: caller.callerId,
        traceParent: submissionTrace(request.headers.get("traceparent")),
      };
      return acceptedAnswer(stage, await retryFailed(stage, original, retrying));
    },
  });
}
