import { jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { MANAGED_IDENTITY } from "./identities.ts";
import type { TokenIssuer } from "./token-issuer.ts";

/** Path of the endpoint on its origin. */
export const IDENTITY_PATH = "/msi/token";

const API_VERSION = "2019-08-01";

/**
 * The managed-identity endpoint of App Service, version 2019-08-01: `IDENTITY_ENDPOINT` names it and
 * `IDENTITY_HEADER` holds the value that every call must repeat in `X-IDENTITY-HEADER`, so that a page
 * tricked into calling a local address gets no token.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function createIdentityHandler(issuer: TokenIssuer, identityHeader: string): Handler {
  return createRouter(
    [
      {
        method: "GET",
        pattern: IDENTITY_PATH,
        handle: (request) => giveToken(request, issuer, identityHeader),
      },
    ],
    () => failure(404, "The path was not found."),
  );
}

async function giveToken(
  request: SimulatorRequest,
  issuer: TokenIssuer,
  identityHeader: string,
): Promise<Reply> {
  if (request.header("x-identity-header") !== identityHeader) {
    return failure(401, "The header X-IDENTITY-HEADER is missing or wrong.");
  }
  if (request.query("api-version") !== API_VERSION) {
    return failure(400, `The api-version has to be ${API_VERSION}.`);
  }
  const resource = request.query("resource") ?? "";
  if (resource === "") return failure(400, "The resource is missing.");
  const expiresOn = Math.floor(Date.now() / 1000) + issuer.lifetimeSeconds;
  return jsonReply({
    access_token: await issuer.issueForResource(MANAGED_IDENTITY, resource),
    client_id: MANAGED_IDENTITY.clientId,
    expires_on: String(expiresOn),
    resource,
    token_type: "Bearer",
  });
}

function failure(status: number, message: string): Reply {
  return jsonReply({ statusCode: status, message }, status);
}
