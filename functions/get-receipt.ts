import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { guarded } from "./http.ts";
import { visibleRequest } from "./visible-request.ts";

/**
 * `GET /api/privacy-requests/{id}/receipt`: the receipt file, byte for byte as it was signed. It is there soon after
 * the end of the request and stays when the package is purged.
 */
export function getReceipt(context: Context): HttpHandler {
  return guarded(context, {
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    handle: async ({ request, caller }) => {
      const stage = await context.intake();
      const { requestId } = await visibleRequest(stage, caller, request.params["id"]);
      const file = await stage.receipts.read(requestId);
      if (file === null) {
        throw new AppError(
          "receipt-not-ready",
          "The receipt comes soon after the request has ended",
        );
      }
      return {
        body: Buffer.concat(await Array.fromAsync(file)),
        headers: { "content-type": "application/json" },
      };
    },
  });
}
