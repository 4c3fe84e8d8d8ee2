import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { noSuchRegistration } from "../shared/pipeline/registrations.ts";
import { removeWorkspace } from "../shared/pipeline/remove-workspace.ts";
import { guarded } from "./http.ts";
import { workspaceIdOf } from "./workspace-id.ts";

/** `DELETE /api/workspaces/{id}`: 204 when the registration is gone and its token purged. */
export function removeWorkspaceRoute(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const workspaceId = workspaceIdOf(request);
      if (workspaceId === null) throw noSuchRegistration();
      await removeWorkspace(await context.registrations(), caller, workspaceId);
      return { status: 204 };
    },
  });
}
