import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { controlsBodySchema } from "../shared/core/wire.ts";
import { guarded, readBody } from "./http.ts";

/** `GET /api/controls/deletions`: whether all deletions are stopped, and how many may begin in an hour. */
export function getDeletionControls(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Approver", "Operator", "Auditor"],
    handle: async () => ({ jsonBody: await (await context.intake()).controls.read() }),
  });
}

/** `PUT /api/controls/deletions`: stops all deletions or lets them go on, and caps them. */
export function setDeletionControls(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Operator"],
    handle: async ({ request, caller }) => {
      const body = await readBody(request, controlsBodySchema);
      const { controls, clock } = await context.intake();
      const set = { ...body, updatedAt: clock.now(), updatedBy: caller.callerId };
      await controls.write(set);
      context.telemetry.deletionsControlled({ stopped: body.stopped, hourlyCap: body.hourlyCap });
      return { jsonBody: set };
    },
  });
}
