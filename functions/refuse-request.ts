import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { reasonBodySchema } from "../shared/core/wire.ts";
import { refuseRequest as refuse } from "../shared/pipeline/decide-request.ts";
import { showRequest } from "./answer.ts";
import { guarded, readBody } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/** `POST /api/privacy-requests/{id}/refuse`: ends a request with the reason, before its deletion has begun. */
export function refuseRequest(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Approver", "Operator"],
    handle: async ({ request, caller }) => {
      const { reason } = await readBody(request, reasonBodySchema);
      const stage = await context.intake();
      const { requestId } = await visibleRequest(stage, caller, request.params["id"]);
      return showRequest(stage, await refuse(stage, requestId, reason, caller.callerId));
    },
  });
}
