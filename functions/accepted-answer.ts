import type { HttpResponseInit } from "@azure/functions";
import type { PrivacyRequest } from "../shared/core/request.ts";
import { requestView } from "../shared/core/view.ts";
import { progressOf } from "../shared/pipeline/progress.ts";
import type { Stage } from "../shared/pipeline/stage.ts";

/** 202 for a request that is stored: where it is, when to look, and whether it was known before. */
export async function acceptedAnswer(
  stage: Pick<Stage, "slices">,
  { request, isReplay }: { readonly request: PrivacyRequest; readonly isReplay: boolean },
): Promise<HttpResponseInit> {
  const view = requestView(request, await progressOf(stage, request));
  return {
    status: 202,
    jsonBody: view,
    headers: {
      location: `/api/privacy-requests/${view.id}`,
      "retry-after": "2",
      ...(isReplay ? { "idempotent-replayed": "true" } : {}),
    },
  };
}
