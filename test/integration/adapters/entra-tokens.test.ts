import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entraTokens } from "../../../shared/adapters/entra-tokens.ts";
import {
  startHttpsServer,
  type Answer as TestAnswer,
  type TestServer,
} from "../../support/providers/https-server.ts";

const ISSUER = "https://login.example/tenant/v2.0";
const AUDIENCE = "api://studio-dsr";
const CLAIMS = { oid: "11111111-1111-4111-8111-111111111111", ver: "2.0", roles: ["Requester"] };

const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
const stranger = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig" };

let issuer: TestServer;
let verify: ReturnType<typeof entraTokens>;
beforeAll(async () => {
  issuer = await startHttpsServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  verify = entraTokens({
    clients: [],
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUrl: `${issuer.origin}/keys`,
  });
});
afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
});

type Changes = {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: Parameters<SignJWT["sign"]>[0];
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly notBefore?: string;
};

async function tokenWith(changes: Changes = {}): Promise<string> {
  const jwt = new SignJWT({ ...CLAIMS, ...changes.claims })
    .setProtectedHeader({ alg: "RS256", kid: "key-1", ...changes.header })
    .setIssuedAt()
    .setIssuer(changes.issuer ?? ISSUER)
    .setAudience(changes.audience ?? AUDIENCE)
    .setExpirationTime(changes.expires ?? "1h");
  if (changes.notBefore !== undefined) jwt.setNotBefore(changes.notBefore);
  return `Bearer ${await jwt.sign(changes.key ?? privateKey)}`;
}

const unsigned = (claims: object) =>
  [{ alg: "none", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");

describe("a bearer token", () => {
  it("tells who calls, and which of our roles they hold", async () => {
    const token = await tokenWith({ claims: { roles: ["Operator", "Owner", "Requester"] } });

    expect(await verify(token)).toEqual({ callerId: CLAIMS.oid, roles: ["Operator", "Requester"] });
  });

  it("without roles is of somebody who may do nothing", async () => {
    expect(await verify(await tokenWith({ claims: { roles: undefined } }))).toMatchObject({
      roles: [],
    });
  });

  it.each<[string, Changes]>([
    ["of another issuer", { issuer: "https://login.example/other/v2.0" }],
    ["for another audience", { audience: "api://another" }],
    ["that has expired", { expires: "-2m" }],
    ["of the future", { notBefore: "5m" }],
    ["without an object id", { claims: { oid: undefined } }],
    ["with an object id that is none", { claims: { oid: 7 } }],
    ["of version 1", { claims: { ver: "1.0" } }],
    ["with roles that are no list", { claims: { roles: "Operator" } }],
    ["with an unknown key", { header: { kid: "key-2" } }],
    ["signed by somebody else", { key: stranger.privateKey }],
    [
      "signed with the public key as a secret",
      { header: { alg: "HS256" }, key: Buffer.from(JSON.stringify(jwk)) },
    ],
  ])("%s is refused", async (_what, changes) => {
    await expect(verify(await tokenWith(changes))).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  it.each([
    null,
    "",
    "Bearer",
    "Bearer ",
    "Basic dXNlcjpwYXNz",
    "Bearer a.b.c",
    `Bearer ${"a".repeat(20_000)}`,
    `Bearer ${unsigned({ ...CLAIMS, iss: ISSUER, aud: AUDIENCE, exp: 9_999_999_999 })}.`,
  ])("that is none is refused: %j", async (header) => {
    await expect(verify(header)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it.each<[string, TestAnswer]>([
    ["is out of reach", (_request, response) => response.destroy()],
    ["answers with an error", (_request, response) => response.writeHead(503).end()],
    ["answers with something else", (_request, response) => response.end("<html>")],
  ])(
    "is not refused for an issuer that %s: that is no fault of the caller",
    async (_what, answer) => {
      const away = await startHttpsServer(answer);
      const check = entraTokens({
        clients: [],
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUrl: `${away.origin}/keys`,
      });

      const checked = check(await tokenWith());

      await expect(checked).rejects.toMatchObject({ code: "source-unavailable" });
      await away[Symbol.asyncDispose]();
    },
  );

  it("is refused when another application, or another tenant, is in it", async () => {
    const listed = entraTokens({
      clients: ["listed-app"],
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUrl: `${issuer.origin}/keys`,
    });
    const token = (claims: Record<string, unknown>) => tokenWith({ claims });

    await expect(listed(await token({ azp: "listed-app" }))).resolves.toBeDefined();
    for (const claims of [{ azp: "other-app" }, {}, { azp: ["listed-app"] }]) {
      await expect(listed(await token(claims))).rejects.toMatchObject({ code: "unauthenticated" });
    }
    await expect(verify(await token({ tid: "another-tenant" }))).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});
