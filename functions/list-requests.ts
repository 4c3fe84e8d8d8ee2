import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { type Caller, hasRole } from "../shared/core/caller.ts";
import { type Summary, workspaceKey } from "../shared/core/summary.ts";
import { type RequestLine, type RequestListView, requestQuerySchema } from "../shared/core/wire.ts";
import { guarded } from "./http.ts";
import { readQuery } from "./query.ts";

/** `GET /api/privacy-requests`: the requests that the caller may know of, newest first, in pages. */
export function listRequests(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    handle: async ({ request, caller }) => {
      const { workspace, dueBefore, ...query } = readQuery(request, requestQuerySchema);
      const { list } = await context.intake();
      const page = await list.page({
        ...query,
        ...visibleTo(caller),
        // Instants are compared as text, so they need one form.
        dueBefore: dueBefore === undefined ? undefined : new Date(dueBefore).toISOString(),
        workspace: workspace === undefined ? undefined : workspaceKey(workspace),
      });
      const requests = page.items.map(lineOf);
      return { jsonBody: { requests, cursor: page.cursor } satisfies RequestListView };
    },
  });
}

/** The rule of `maySee`, for a list. */
function visibleTo(caller: Caller): { submitter?: string; orDeletions?: boolean } {
  if (hasRole(caller, ["Operator", "Auditor"])) return {};
  return { submitter: caller.callerId, orDeletions: hasRole(caller, ["Approver"]) };
}

function lineOf({ requestId, workspaces, ...line }: Summary): RequestLine {
  return { id: requestId, ...line, workspaces: [...workspaces] };
}
