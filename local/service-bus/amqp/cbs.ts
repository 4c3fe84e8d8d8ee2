import { types } from "../wire/codec.ts";
import type { Reply, Request } from "./reply-links.ts";
import { isValidSignature, type SharedAccessKey } from "./shared-access-signature.ts";

/**
 * Answers a `put-token` request of claims-based security: 202 for a token signed with the key, 401
 * for any other (https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/amqp-cbs-v1.0.html).
 */
export function putToken(
  { operation, body }: Request,
  key: SharedAccessKey,
  nowMs: number,
): { readonly isAuthorized: boolean; readonly reply: Reply } {
  const isAuthorized =
    operation === "put-token" && typeof body === "string" && isValidSignature(body, key, nowMs);
  const reply = isAuthorized
    ? statusReply(202, "Accepted")
    : statusReply(401, "The token has an invalid signature or has expired.");
  return { isAuthorized, reply };
}

function statusReply(status: number, description: string): Reply {
  return {
    properties: { "status-code": types.wrap_int(status), "status-description": description },
  };
}
