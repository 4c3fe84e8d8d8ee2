import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";
import type { Identity } from "./identities.ts";

/** Access tokens of the simulated directory, RS256. */
export interface TokenIssuer {
  /** `iss` of the tokens for applications. */
  readonly issuer: string;
  readonly tenantId: string;
  /** How long tokens are good for. */
  readonly lifetimeSeconds: number;
  /** The public keys, as the discovery document's `jwks_uri` serves them. */
  readonly jwks: { readonly keys: readonly JWK[] };
  /** A version 2.0 token with `azp` and `roles`, as the client-credentials grant gives it. */
  issueForApplication(identity: Identity, audience: string): Promise<string>;
  /** A version 1.0 token, as a managed identity gets it for an Azure resource. */
  issueForResource(identity: Identity, audience: string): Promise<string>;
  /** The claims of a token of either kind. Throws a `JOSEError` when it is not ours, late or for another audience. */
  verify(token: string, audiences: readonly string[]): Promise<JWTPayload>;
}

/** How long tokens are good for unless told otherwise. */
const TOKEN_LIFETIME_SECONDS = 60 * 60;

const ALGORITHM = "RS256";

/**
 * An issuer at `origin`. Its signing key is made at the first start and kept in `dataFolder`, readable
 * by the owner only; without a folder it lives as long as the process.
 */
export async function createTokenIssuer(
  origin: string,
  tenantId: string,
  dataFolder: string | null,
  lifetimeSeconds = TOKEN_LIFETIME_SECONDS,
): Promise<TokenIssuer> {
  const key = await signingKey(dataFolder);
  const issuer = `${origin}/${tenantId}/v2.0`;
  const resourceIssuer = `https://sts.windows.net/${tenantId}/`;
  const issue = (claims: JWTPayload, { objectId }: Identity) =>
    sign({ ...claims, oid: objectId, sub: objectId, tid: tenantId }, key, lifetimeSeconds);
  return {
    issuer,
    tenantId,
    lifetimeSeconds,
    jwks: { keys: [key.publicJwk] },
    issueForApplication: (identity, aud) => {
      const { clientId: azp, roles } = identity;
      return issue({ iss: issuer, aud, azp, azpacr: "1", roles: [...roles], ver: "2.0" }, identity);
    },
    issueForResource: (identity, aud) =>
      issue({ iss: resourceIssuer, aud, appid: identity.clientId, ver: "1.0" }, identity),
    verify: async (token, audiences) => {
      const { payload } = await jwtVerify(token, key.publicKey, {
        issuer: [issuer, resourceIssuer],
        audience: [...audiences],
        algorithms: [ALGORITHM],
      });
      return payload;
    },
  };
}

function sign(
  claims: JWTPayload,
  { privateKey, publicJwk }: SigningKey,
  lifetimeSeconds: number,
): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: publicJwk.kid ?? "" })
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .sign(privateKey);
}

type SigningKey = {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
};

async function signingKey(dataFolder: string | null): Promise<SigningKey> {
  const privateJwk = dataFolder === null ? await newKey() : await storedKey(dataFolder);
  const { kty = "RSA", n = "", e = "" } = privateJwk;
  const kid = await calculateJwkThumbprint({ kty, n, e });
  const publicJwk = { kty, n, e, kid, use: "sig", alg: ALGORITHM };
  return {
    privateKey: await importRsaKey(privateJwk),
    publicKey: await importRsaKey(publicJwk),
    publicJwk,
  };
}

async function storedKey(dataFolder: string): Promise<JWK> {
  const path = join(dataFolder, "entra-signing-key.json");
  try {
    return JSON.parse(await readFile(path, "utf8")) as JWK; // written below by us alone
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
  const key = await newKey();
  await mkdir(dataFolder, { recursive: true });
  await writeFile(path, JSON.stringify(key), { mode: 0o600 });
  await chmod(path, 0o600);
  return key;
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return exportJWK(privateKey);
}

async function importRsaKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError("An RSA key was expected.");
  return key;
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
