import type { HttpHandler, HttpRequest } from "@azure/functions";
import { z } from "zod";
import type { Context } from "../shared/context.ts";
import { registerCsv } from "../shared/core/register.ts";
import { AppError } from "../shared/errors.ts";
import { takeRegister } from "../shared/pipeline/take-register.ts";
import { guarded } from "./http.ts";

/**
 * `GET /api/register?from=&to=`: how many requests were received in a period, how they ended and how long they took, as
 * JSON or, by `?format=csv` or `Accept`, as CSV. It names nobody.
 */
export function getRegister(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Auditor"],
    handle: async ({ request }) => {
      const [from, to] = [dayOf(request, "from"), dayOf(request, "to")];
      const isCsv = wantsCsv(request);
      const register = await takeRegister(await context.intake(), from, to);
      if (!isCsv) return { jsonBody: register };
      const headers = {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="register.csv"',
      };
      return { body: registerCsv(register), headers };
    },
  });
}

function dayOf(request: HttpRequest, name: string): string | null {
  const day = request.query.get(name);
  if (day === null || z.iso.date().safeParse(day).success) return day;
  throw invalid(`?${name}= must be a day as YYYY-MM-DD`);
}

function wantsCsv(request: HttpRequest): boolean {
  const format = request.query.get("format");
  if (format === null) return (request.headers.get("accept") ?? "").startsWith("text/csv");
  if (format === "json" || format === "csv") return format === "csv";
  throw invalid("?format= must be json or csv");
}

function invalid(detail: string): AppError {
  const findings = [{ pointer: "", detail }];
  return new AppError("validation-failed", "The register cannot be taken like this", { findings });
}
