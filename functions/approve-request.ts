import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { approvalBodySchema } from "../shared/core/wire.ts";
import { approveRequest as approve } from "../shared/pipeline/decide-request.ts";
import { showRequest } from "./answer.ts";
import { guarded, readBody } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `POST /api/privacy-requests/{id}/approval`: approves the plan with that hash. 403 for whoever asked for the
 * deletion, 409 `plan-stale` when there is another plan by now.
 */
export function approveRequest(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Approver"],
    handle: async ({ request, caller }) => {
      const { planHash, comment = null } = await readBody(request, approvalBodySchema);
      const stage = await context.intake();
      const { requestId } = await visibleRequest(stage, caller, request.params["id"]);
      const approval = { approver: caller.callerId, planHash, comment };
      return showRequest(stage, await approve(stage, requestId, approval));
    },
  });
}
