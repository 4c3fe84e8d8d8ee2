import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import * as holds from "../shared/pipeline/hold.ts";
import { withReason } from "./with-reason.ts";

/**
 * `POST /api/privacy-requests/{id}/hold`: holds a deletion. It is `holding` until no worker can begin a call any more,
 * then `held`; the answer says which, and from when on.
 */
export function holdRequest(context: Context): HttpHandler {
  return withReason(context, holds.holdRequest);
}

/** `POST /api/privacy-requests/{id}/release`: ends a hold; the deletion goes on. */
export function releaseRequest(context: Context): HttpHandler {
  return withReason(context, holds.releaseRequest);
}
