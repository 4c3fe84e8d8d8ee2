import type { HttpHandler } from "@azure/functions";
import type { Context, Intake } from "../shared/context.ts";
import type { PrivacyRequest } from "../shared/core/request.ts";
import { reasonBodySchema } from "../shared/core/wire.ts";
import { showRequest } from "./answer.ts";
import { guarded, readBody } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/** What an Operator decides about a request, with a reason; the answer is the request as it is then. */
export function withReason(
  context: Context,
  act: (stage: Intake, requestId: string, reason: string, actor: string) => Promise<PrivacyRequest>,
): HttpHandler {
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
