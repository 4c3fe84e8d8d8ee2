import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { reasonBodySchema } from "../shared/core/wire.ts";
import * as holds from "../shared/pipeline/hold.ts";
import { showRequest } from "./answer.ts";
import { guarded, readBody } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `POST /api/privacy-requests/{id}/hold`: holds a deletion. It is `holding` until no worker can begin a call any more,
 * then `held`; the answer says which, and from when on.
 */
export function holdRequest(context: Context): HttpHandler {
  return holding(context, holds.holdRequest);
}

/** `POST /api/privacy-requests/{id}/release`: ends a hold; the deletion goes on. */
export function releaseRequest(context: Context): HttpHandler {
  return holding(context, holds.releaseRequest);
}

function holding(context: Context, act: typeof holds.holdRequest): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request, caller }) => {
      const { reason } = await readBody(request, reasonBodySchema);
      const stage = await context.intake();
      const { requestId } = await visibleRequest(stage, caller, request.params["id"]);
      return showRequest(stage, await act(stage, requestId, reason, caller.callerId));
    },
  });
}
