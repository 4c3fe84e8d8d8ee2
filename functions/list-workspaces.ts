import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { hasRole } from "../shared/core/caller.ts";
import { isRegistered, registrationView } from "../shared/core/registration.ts";
import type { WorkspaceList } from "../shared/core/wire.ts";
import { guarded } from "./http.ts";

/** `GET /api/workspaces`: the workspaces that the caller registered; for Operators, all of them. */
export function listWorkspaces(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ caller }) => {
      const { registry } = await context.registrations();
      const whose = hasRole(caller, ["Operator"]) ? undefined : caller.callerId;
      const workspaces: WorkspaceList["workspaces"] = [];
      for await (const { value } of registry.list(whose)) {
        if (isRegistered(value)) workspaces.push(registrationView(value));
      }
      return { jsonBody: { workspaces } satisfies WorkspaceList };
    },
  });
}
