import type { HttpResponseInit } from "@azure/functions";
import type { Intake } from "../shared/context.ts";
import type { PrivacyRequest } from "../shared/core/request.ts";
import { requestView } from "../shared/core/view.ts";
import { progressOf } from "../shared/pipeline/progress.ts";

/** The answer that shows a request as it stands. */
export async function showRequest(
  stage: Intake,
  request: PrivacyRequest,
): Promise<HttpResponseInit> {
  return { jsonBody: requestView(request, await progressOf(stage, request)) };
}
