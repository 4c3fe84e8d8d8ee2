import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import type { AuditView } from "../shared/core/wire.ts";
import { guarded } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `GET /api/privacy-requests/{id}/audit`: the history of a request, in order. Each entry carries the hash of the one
 * before, and `head` is the last of them.
 */
export function getAudit(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    handle: async ({ request, caller }) => {
      const { ledger, ...stage } = await context.intake();
      const found = await visibleRequest({ ledger, ...stage }, caller, request.params["id"]);
      const { requestId, auditHead: head } = found;
      const entries = await Array.fromAsync(ledger.history(requestId));
      const view: AuditView = {
        requestId,
        head,
        // A change that was made since the request was read is not under its head.
        entries: entries.slice(0, found.historyCount),
      };
      return { jsonBody: view };
    },
  });
}
