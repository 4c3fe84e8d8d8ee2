import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { registerCsv } from "../shared/core/register.ts";
import { registerQuerySchema } from "../shared/core/wire.ts";
import { takeRegister } from "../shared/pipeline/take-register.ts";
import { guarded } from "./http.ts";
import { readQuery } from "./query.ts";

/**
 * `GET /api/register?from=&to=`: how many requests were received in a period, how they ended and how long they took, as
 * JSON or, by `?format=csv` or `Accept`, as CSV. It names nobody.
 */
export function getRegister(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Auditor"],
    handle: async ({ request }) => {
      const { from = null, to = null, format } = readQuery(request, registerQuerySchema);
      const accepts = request.headers.get("accept") ?? "";
      const isCsv = format === undefined ? accepts.startsWith("text/csv") : format === "csv";
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
