import { JOSEError } from "jose/errors";
import { APPLICATIONS, MANAGED_IDENTITY } from "../entra/identities.ts";
import type { Reply } from "../http/reply.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import { SUBSCRIPTIONS } from "../seed/people.ts";
import type { ArmContext } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { sameText } from "./arm-resources.ts";

/**
 * Why a call is refused, or null when it may go on: 401 without a token of our directory for Resource
 * Manager, 403 for an identity without rights on Azure, 400 without an `api-version`, 404 for an unknown
 * subscription.
 */
export async function refusalOf(
  request: SimulatorRequest,
  context: ArmContext,
): Promise<Reply | null> {
  const { switches, issuer, origin } = context;
  const audiences = ["https://management.azure.com", origin].flatMap((url) => [url, `${url}/`]);
  const token = /^bearer (\S+)$/i.exec(request.header("authorization") ?? "")?.[1] ?? "";
  let objectId: unknown;
  try {
    objectId = (await issuer.verify(token, audiences)).oid;
  } catch (error) {
    if (!(error instanceof JOSEError)) throw error;
    const reply = armError(401, "AuthenticationFailed", "Authentication failed.", switches);
    const challenge = `Bearer authorization_uri="${issuer.issuer}", error="invalid_token"`;
    return { ...reply, headers: { ...reply.headers, "WWW-Authenticate": challenge } };
  }
  const identity = [MANAGED_IDENTITY, ...APPLICATIONS].find((one) => one.objectId === objectId);
  if (identity?.isAzureContributor !== true) {
    const message = `The client with object id '${String(objectId)}' does not have authorization to perform the action or the scope is invalid.`;
    return armError(403, "AuthorizationFailed", message, switches);
  }
  if (request.query("api-version") === undefined) {
    const message = "The api-version query parameter (?api-version=) is required for all requests.";
    return armError(400, "MissingApiVersionParameter", message, switches);
  }
  const [scope, subscriptionId = ""] = request.segments;
  if (scope === "subscriptions" && subscriptionId !== "" && !isKnown(subscriptionId)) {
    const message = `The subscription '${subscriptionId}' could not be found.`;
    return armError(404, "SubscriptionNotFound", message, switches);
  }
  return null;
}

function isKnown(subscriptionId: string): boolean {
  return Object.values(SUBSCRIPTIONS).some(({ id }) => sameText(id, subscriptionId));
}
