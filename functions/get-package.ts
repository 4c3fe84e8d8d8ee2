import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { mayFetch } from "../shared/core/caller.ts";
import { AppError } from "../shared/errors.ts";
import { packageLinks } from "../shared/pipeline/package-links.ts";
import { guarded } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `GET /api/privacy-requests/{id}/package`: short-lived links to every file of the sealed package, for the
 * request's submitter and Operators.
 */
export function getPackage(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Operator"],
    handle: async ({ request, caller }) => {
      const stage = await context.intake();
      const found = await visibleRequest(stage, caller, request.params["id"]);
      if (!mayFetch(caller, found)) {
        throw new AppError("forbidden", "Only its submitter or an Operator can fetch a package");
      }
      return { jsonBody: await packageLinks(stage, found) };
    },
  });
}
