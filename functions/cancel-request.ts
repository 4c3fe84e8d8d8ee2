import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { hasRole } from "../shared/core/caller.ts";
import { cancelBodySchema } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import { cancelRequest as cancel } from "../shared/pipeline/decide-request.ts";
import { showRequest } from "./answer.ts";
import { guarded, readBody } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `POST /api/privacy-requests/{id}/cancel`: by its submitter or an Operator; an export at any time, a deletion until
 * it has begun.
 */
export function cancelRequest(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const { reason = null } = await readBody(request, cancelBodySchema);
      const stage = await context.intake();
      const { requestId, submitter } = await visibleRequest(stage, caller, request.params["id"]);
      if (submitter !== caller.callerId && !hasRole(caller, ["Operator"])) {
        throw new AppError("forbidden", "Only its submitter or an Operator can cancel a request");
      }
      return showRequest(stage, await cancel(stage, requestId, reason, caller.callerId));
    },
  });
}
