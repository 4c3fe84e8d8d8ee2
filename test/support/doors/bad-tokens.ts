import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { TENANT_ID } from "../../../local/simulators/seed/people.ts";
import { AUDIENCE } from "../../../local/stack/settings.ts";
import type { LocalStack } from "../e2e/local-stack.ts";

/** `Authorization` headers that let nobody in, whoever signs them with what can be had. */

/** The issuer that is believed, with its key: some tokens are signed by it and are bad for another reason. */
export type BadTokenParts = {
  readonly issuer: string;
  readonly audience: string;
  readonly tenantId: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
};

type Json = Readonly<Record<string, unknown>>;

/** The issuer of a local stack, with the key that it keeps beside its data. */
export async function issuerOf({ stack, dataDir }: LocalStack): Promise<BadTokenParts> {
  const file = join(dataDir, "simulators", "entra-signing-key.json");
  const jwk = JSON.parse(await readFile(file, "utf8")) as JWK;
  const { keys } = (await (await fetch(stack.urls.jwks)).json()) as { keys: readonly JWK[] };
  const privateKey = await importJWK(jwk, "RS256");
  const [publicJwk] = keys;
  if (publicJwk === undefined || privateKey instanceof Uint8Array) throw new Error("no RSA key");
  const issuer = stack.urls.issuer;
  return { issuer, audience: AUDIENCE, tenantId: TENANT_ID, publicJwk, privateKey };
}

/** Each with what is wrong with it. */
export async function badTokens(
  parts: BadTokenParts,
): Promise<readonly (readonly [string, string])[]> {
  const { issuer, audience, tenantId, publicJwk, privateKey } = parts;
  const own = await generateKeyPair("RS256", { extractable: true });
  const ownJwk: Json = { ...(await exportJWK(own.publicKey)), kid: publicJwk.kid };
  const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const edwards = generateKeyPairSync("ed25519").privateKey;
  const now = Math.floor(Date.now() / 1000);
  const good = {
    iss: issuer,
    aud: audience,
    tid: tenantId,
    oid: "11111111-1111-4111-8111-111111111111",
    azp: "operator-app",
    roles: ["Requester", "Approver", "Operator", "Auditor"],
    ver: "2.0",
    iat: now,
    nbf: now,
    exp: now + 3600,
  };
  const head = { alg: "RS256", typ: "JWT", kid: publicJwk.kid ?? "" };
  const sign = (
    payload: unknown,
    header: Json = {},
    key: Parameters<CompactSign["sign"]>[0] = privateKey,
  ) =>
    new CompactSign(Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)))
      .setProtectedHeader({ ...head, ...header })
      .sign(key, { crit: { x: true } });
  const claims = (changes: Json) => sign({ ...good, ...changes });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const unsigned = (alg: string) => `${part({ ...head, alg })}.${part(good)}.`;
  const secret = (text: string | Buffer) => {
    const signed = `${part({ ...head, alg: "HS256" })}.${part(good)}`;
    return `${signed}.${createHmac("sha256", text).update(signed).digest("base64url")}`;
  };
  const pem = createPublicKey({ key: publicJwk, format: "jwk" });
  const valid = await sign(good);
  const [header = "", payload = "", signature = ""] = valid.split(".");
  const other = (await claims({ oid: "other" })).split(".")[2] ?? "";

  const tokens: readonly (readonly [string, string | Promise<string>])[] = [
    ["nothing after Bearer", ""],
    ["a word", "token"],
    ["three words with dots", "a.b.c"],
    ["two parts", `${header}.${payload}`],
    ["five parts, as an encrypted one", `${valid}.a.b`],
    ["100 KB", "a".repeat(102_400)],
    ["a blank in it", `${valid} x`],
    ["two tokens", `${valid}, Bearer ${valid}`],
    ["alg none", unsigned("none")],
    ["alg None", unsigned("None")],
    [
      "alg none with the signature of another",
      `${part({ ...head, alg: "none" })}.${payload}.${signature}`,
    ],
    ["no signature", `${header}.${payload}.`],
    ["another token's signature", `${header}.${payload}.${other}`],
    ["claims that were changed", `${header}.${part({ ...good, oid: "admin" })}.${signature}`],
    ["a header that was changed", `${part({ ...head, typ: "at+jwt" })}.${payload}.${signature}`],
    ["HS256 with the public key", secret(JSON.stringify(publicJwk))],
    ["HS256 with the public key as PEM", secret(pem.export({ type: "spki", format: "pem" }))],
    ["HS256 with nothing", secret("")],
    ["ES256 with a key of its own", sign(good, { alg: "ES256" }, curve)],
    ["EdDSA with a key of its own", sign(good, { alg: "EdDSA" }, edwards)],
    ["a key of its own under our name", sign(good, {}, own.privateKey)],
    ["a key that nobody knows", sign(good, { kid: "key-2" }, own.privateKey)],
    ["the right key under another name", sign(good, { kid: "key-2" })],
    ["a path as the key's name", sign(good, { kid: "../../../dev/null" }, own.privateKey)],
    ["its key in its header", sign(good, { jwk: ownJwk }, own.privateKey)],
    ["the address of its key", sign(good, { jku: "https://evil.example/keys" }, own.privateKey)],
    [
      "the address of its certificate",
      sign(good, { x5u: "https://evil.example/c" }, own.privateKey),
    ],
    ["its certificate", sign(good, { x5c: ["AAAA"] }, own.privateKey)],
    ["a part that must be understood", sign(good, { crit: ["x"], x: 1 })],
    ["another audience", claims({ aud: "api://another" })],
    ["the audience of Graph", claims({ aud: "00000003-0000-0000-c000-000000000000" })],
    ["audiences of others", claims({ aud: ["api://another", "api://third"] })],
    ["no audience", claims({ aud: undefined })],
    ["the client as audience, as an id token has it", claims({ aud: "operator-app", nonce: "1" })],
    ["another tenant's issuer", claims({ iss: issuer.replace(tenantId, "other-tenant") })],
    ["the issuer of version 1", claims({ iss: `https://sts.windows.net/${tenantId}/` })],
    ["the issuer with a slash", claims({ iss: `${issuer}/` })],
    ["no issuer", claims({ iss: undefined })],
    ["another tenant", claims({ tid: "other-tenant" })],
    ["no tenant", claims({ tid: undefined })],
    ["an hour ago", claims({ exp: now - 3600 })],
    ["no end", claims({ exp: undefined })],
    ["an end that is a text", claims({ exp: "tomorrow" })],
    ["the future", claims({ nbf: now + 3600 })],
    ["version 1", claims({ ver: "1.0" })],
    ["no version", claims({ ver: undefined })],
    ["no object id", claims({ oid: undefined })],
    ["an empty object id", claims({ oid: "" })],
    ["an object id that is a number", claims({ oid: 7 })],
    ["roles that are a text", claims({ roles: "Operator" })],
    ["claims that are a list", sign([good])],
    ["claims that are no JSON", sign("{")],
  ];
  const headers = await Promise.all(
    tokens.map(async ([what, token]) => [what, `Bearer ${await token}`] as const),
  );
  return [...headers, ["another scheme", `Basic ${valid}`], ["no scheme", valid]];
}
