import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { openApiDocument } from "./api/document.ts";
import { OPERATIONS } from "./api/table.ts";
import { open } from "./http.ts";

/** `GET /api/openapi.json`: the document of the API, for anybody. */
export function getOpenApi(context: Context): HttpHandler {
  return open(context, async () => ({ jsonBody: openApiDocument(OPERATIONS) }));
}
