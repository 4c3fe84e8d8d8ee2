import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { packageLinks } from "../shared/pipeline/package-links.ts";
import { guarded } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/** `GET /api/privacy-requests/{id}/package`: short-lived links to every file of the sealed package. */
export function getPackage(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const stage = await context.intake();
      const found = await visibleRequest(stage, caller, request.params["id"]);
      return { jsonBody: await packageLinks(stage, found) };
    },
  });
}
