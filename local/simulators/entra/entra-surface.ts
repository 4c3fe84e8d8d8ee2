import { jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { APPLICATIONS } from "./identities.ts";
import type { TokenIssuer } from "./token-issuer.ts";

const DEFAULT_SCOPE = "/.default";

/**
 * The directory: discovery document, public keys, and a token endpoint that knows the client-credentials
 * grant. It checks no secret, so it must never be reachable from another machine.
 */
export function createEntraHandler(origin: string, issuer: TokenIssuer): Handler {
  return createRouter(
    [
      {
        method: "GET",
        pattern: `/${issuer.tenantId}/v2.0/.well-known/openid-configuration`,
        handle: () => jsonReply(discoveryDocument(origin, issuer)),
      },
      {
        method: "GET",
        pattern: `/${issuer.tenantId}/discovery/v2.0/keys`,
        handle: () => jsonReply(issuer.jwks),
      },
      {
        method: "POST",
        pattern: `/${issuer.tenantId}/oauth2/v2.0/token`,
        handle: (request) => grantToken(request, issuer),
      },
    ],
    () => failure(404, "invalid_request", "Unknown tenant or path."),
  );
}

/** Where the public keys are. */
export function jwksUri(origin: string, tenantId: string): string {
  return `${origin}/${tenantId}/discovery/v2.0/keys`;
}

function discoveryDocument(origin: string, issuer: TokenIssuer): Record<string, unknown> {
  const base = `${origin}/${issuer.tenantId}`;
  return {
    issuer: issuer.issuer,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: jwksUri(origin, issuer.tenantId),
    response_types_supported: ["code", "token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post"],
  };
}

async function grantToken(request: SimulatorRequest, issuer: TokenIssuer): Promise<Reply> {
  const form = new URLSearchParams(await request.readText());
  if (form.get("grant_type") !== "client_credentials") {
    return failure(400, "unsupported_grant_type", "Only client_credentials is supported.");
  }
  const identity = APPLICATIONS.find(({ clientId }) => clientId === form.get("client_id"));
  if (identity === undefined) {
    return failure(400, "unauthorized_client", "The application is not in the directory.");
  }
  const scope = form.get("scope") ?? "";
  if (!scope.endsWith(DEFAULT_SCOPE)) {
    return failure(400, "invalid_scope", "The scope has to end in /.default.");
  }
  const audience = scope.slice(0, -DEFAULT_SCOPE.length);
  return jsonReply({
    token_type: "Bearer",
    expires_in: issuer.lifetimeSeconds,
    ext_expires_in: issuer.lifetimeSeconds,
    access_token: await issuer.issueForApplication(identity, audience),
  });
}

function failure(status: number, error: string, description: string): Reply {
  return jsonReply({ error, error_description: description }, status);
}
