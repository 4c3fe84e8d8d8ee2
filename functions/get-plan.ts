import type { HttpHandler, HttpRequest, HttpResponseInit } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { planCsv } from "../shared/core/plan-csv.ts";
import { planHtml } from "../shared/core/plan-html.ts";
import type { PlanView } from "../shared/core/wire.ts";
import { AppError } from "../shared/errors.ts";
import { planView } from "../shared/pipeline/plan-view.ts";
import { guarded } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

const FORMATS = ["json", "html", "csv"] as const;
type Format = (typeof FORMATS)[number];

/**
 * `GET /api/privacy-requests/{id}/plan`: what a deletion would delete, as JSON, or as HTML or CSV for a person: by
 * `?format=` or by `Accept`.
 */
export function getPlan(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    handle: async ({ request, caller }) => {
      const format = formatOf(request);
      const stage = await context.intake();
      const found = await visibleRequest(stage, caller, request.params["id"]);
      return inFormat[format](await planView(stage, found));
    },
  });
}

const inFormat: Record<Format, (plan: PlanView) => HttpResponseInit> = {
  json: (plan) => ({ jsonBody: plan }),
  html: (plan) => ({
    body: planHtml(plan),
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    },
  }),
  csv: (plan) => ({
    body: planCsv(plan),
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="plan-${plan.requestId}.csv"`,
    },
  }),
};

/** Throws `validation-failed` for a format that there is none of. */
function formatOf(request: HttpRequest): Format {
  const asked = request.query.get("format");
  if (asked === null) {
    const accept = request.headers.get("accept") ?? "";
    return (
      FORMATS.find((format) => format !== "json" && accept.startsWith(`text/${format}`)) ?? "json"
    );
  }
  const format = FORMATS.find((known) => known === asked);
  if (format !== undefined) return format;
  throw new AppError("validation-failed", "There is no such format of a plan", {
    findings: [{ pointer: "", detail: `?format= must be one of ${FORMATS.join(", ")}` }],
  });
}
