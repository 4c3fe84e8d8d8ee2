import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { registrationView } from "../shared/core/registration.ts";
import { registerBodySchema } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import { registerWorkspace } from "../shared/pipeline/register-workspace.ts";
import { guarded, readBody } from "./http.ts";
import { workspaceIdOf } from "./workspace-id.ts";

/**
 * `PUT /api/workspaces/{id}`: registers a free or guest workspace with its token, or replaces the token. 201
 * for a new one, 200 otherwise; the token is in no answer.
 */
export function registerWorkspaceRoute(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const workspaceId = workspaceIdOf(request);
      if (workspaceId === null) {
        throw new AppError("validation-failed", "The workspace id must have 32 hex digits");
      }
      const body = await readBody(request, registerBodySchema);
      const stage = await context.registrations();
      const done = await registerWorkspace(stage, { caller, workspaceId, body });
      const jsonBody = registrationView(done.registration);
      if (!done.isNew) return { jsonBody };
      return { status: 201, jsonBody, headers: { location: `/api/workspaces/${workspaceId}` } };
    },
  });
}
