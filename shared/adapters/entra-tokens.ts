import { z } from "zod";
import { type Caller, type Role, roleSchema } from "../core/caller.ts";
import { AppError } from "../errors.ts";
import { knownCallers } from "./known-callers.ts";

/** Checks callers' access tokens as Microsoft Entra ID issues them. */

/** The one issuer and audience that count, and where the issuer's keys are. */
export type TokenRules = {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** The applications whose tokens count; none means any. */
  readonly clients: readonly string[];
};

const claimsSchema = z.object({
  oid: z.string().min(1).max(100),
  roles: z.array(z.string()).default([]),
  ver: z.literal("2.0"),
  tid: z.string().min(1),
  azp: z.string().optional(),
});

/** The longest token that is looked at. */
const MAX_TOKEN_LENGTH = 16_384;
const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * Makes the check of an `Authorization` header: RS256 only, the issuer's own keys, issuer, audience and times
 * as set, the issuer's tenant, one of the listed applications, an object id. Roles we do not know are left out. Throws `unauthenticated` for anything else, and
 * `source-unavailable` when the issuer's keys cannot be had. A token that passed is not checked again for a minute:
 * the signature takes a turn of another thread, more than the rest of accepting a request.
 * (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference)
 */
export function entraTokens(rules: TokenRules): (authorization: string | null) => Promise<Caller> {
  const keys = lazily(async () => {
    const { createRemoteJWKSet } = await import("jose");
    return createRemoteJWKSet(new URL(rules.jwksUrl));
  });
  const known = knownCallers(Date.now);
  return async (authorization) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) {
      throw new AppError("unauthenticated", "Send a bearer token in the Authorization header");
    }
    const caller = known.get(token);
    if (caller !== null) return caller;
    const { jwtVerify } = await import("jose");
    try {
      const { payload } = await jwtVerify(token, await keys(), {
        issuer: rules.issuer,
        audience: audiencesOf(rules.audience),
        algorithms: ["RS256"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["exp", "oid"],
      });
      const claims = claimsSchema.parse(payload);
      assertOurs(rules, claims);
      const checked = toCaller(claims);
      known.add(token, checked, (payload.exp ?? 0) * 1000);
      return checked;
    } catch (cause) {
      throw await rejection(cause);
    }
  };
}

/**
 * A token of version 2.0 names the API by its client id, which is in its application id URI
 * (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference#payload-claims).
 */
function audiencesOf(audience: string): string[] {
  const clientId = /^api:\/\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(audience)?.[1];
  return clientId === undefined ? [audience] : [audience, clientId];
}

/** The tenant is in the issuer's address; an application that is not listed gets in nowhere. */
function assertOurs({ issuer, clients }: TokenRules, { tid, azp }: z.infer<typeof claimsSchema>) {
  const isOfTenant = issuer.includes(`/${tid}/`);
  const isListed = clients.length === 0 || (azp !== undefined && clients.includes(azp));
  if (isOfTenant && isListed) return;
  throw new AppError("unauthenticated", "The bearer token is not valid here");
}

function toCaller({ oid, roles }: z.infer<typeof claimsSchema>): Caller {
  const known = roles.filter((role): role is Role => roleSchema.safeParse(role).success);
  return { callerId: oid, roles: known };
}

/** What is wrong with the keys' address, and not with the token: no answer in time, or none with keys. */
const OF_THE_ISSUER: ReadonlySet<string> = new Set([
  "ERR_JWKS_TIMEOUT",
  "ERR_JWKS_INVALID",
  "ERR_JOSE_GENERIC",
]);

/** The issuer being out of reach is not the caller's fault. */
async function rejection(cause: unknown): Promise<AppError> {
  if (cause instanceof AppError) return cause;
  const { errors } = await import("jose");
  const isTheirs =
    cause instanceof z.ZodError ||
    (cause instanceof errors.JOSEError && !OF_THE_ISSUER.has(cause.code));
  return isTheirs
    ? new AppError("unauthenticated", "The bearer token is not valid here", { cause })
    : new AppError("source-unavailable", "The token issuer's keys cannot be fetched", { cause });
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
