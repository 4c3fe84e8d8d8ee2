import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { isRegistered, mayManage, registrationView } from "../shared/core/registration.ts";
import { noSuchRegistration } from "../shared/pipeline/registrations.ts";
import { guarded } from "./http.ts";
import { workspaceIdOf } from "./workspace-id.ts";

/** `GET /api/workspaces/{id}`: a registered workspace, for who registered it and for Operators. */
export function getWorkspace(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const workspaceId = workspaceIdOf(request);
      const { registry } = await context.registrations();
      const stored = workspaceId === null ? null : await registry.load(workspaceId);
      const found = stored?.value ?? null;
      if (!isRegistered(found) || !mayManage(caller, found)) throw noSuchRegistration();
      return { jsonBody: registrationView(found) };
    },
  });
}
