import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { mayFetch } from "../shared/core/caller.ts";
import { identityBodySchema, reasonBodySchema } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import * as deadlines from "../shared/pipeline/deadline-decisions.ts";
import { showRequest } from "./answer.ts";
import { guarded, readBody } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";
import { withReason } from "./with-reason.ts";

/** `POST /api/privacy-requests/{id}/extend`: extends the time to answer, with a reason, before the first date only. */
export function extendRequest(context: Context): HttpHandler {
  return withReason(context, deadlines.extendRequest);
}

/**
 * `POST /api/privacy-requests/{id}/await-identity`: lets the clock stand still until it is confirmed whose data it is.
 * For its submitter, and for Operators.
 */
export function awaitIdentity(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const { reason } = await readBody(request, reasonBodySchema);
      const stage = await context.intake();
      const found = await visibleRequest(stage, caller, request.params["id"]);
      if (!mayFetch(caller, found)) {
        throw new AppError("forbidden", "This is for the submitter of the request, or an Operator");
      }
      const { requestId } = found;
      const waiting = await deadlines.awaitIdentity(stage, requestId, reason, caller.callerId);
      return showRequest(stage, waiting);
    },
  });
}

/** `POST /api/privacy-requests/{id}/confirm-identity`: records the evidence of whose data it is. */
export function confirmIdentity(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request, caller }) => {
      const evidence = await readBody(request, identityBodySchema);
      const stage = await context.intake();
      const { requestId } = await visibleRequest(stage, caller, request.params["id"]);
      const confirmed = await deadlines.confirmIdentity(
        stage,
        requestId,
        evidence,
        caller.callerId,
      );
      return showRequest(stage, confirmed);
    },
  });
}
