import type { HttpHandler } from "@azure/functions";
import type { Context } from "../shared/context.ts";
import { open } from "./http.ts";

/** `GET /.well-known/jwks.json`: the public keys that receipts are proven with (RFC 7517, 5), for anybody. */
export function signingKeys(context: Context): HttpHandler {
  return open(context, async () => {
    const { signer } = await context.intake();
    return { jsonBody: { keys: await signer.keys() } };
  });
}
