import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { showRequest } from "./answer.ts";
import { guarded } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/** `GET /api/privacy-requests/{id}`: state, stage, items and bytes done. */
export function getRequest(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    handle: async ({ request, caller }) => {
      const stage = await context.intake();
      const found = await visibleRequest(stage, caller, request.params["id"]);
      return showRequest(stage, found);
    },
  });
}
