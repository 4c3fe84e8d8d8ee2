import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entraTokens } from "../../../shared/adapters/entra-tokens.ts";
import { badTokens } from "../../support/doors/bad-tokens.ts";
import {
  startHttpsServer,
  type Answer as TestAnswer,
  type TestServer,
} from "../../support/providers/https-server.ts";

const ISSUER = "https://login.example/tenant/v2.0";
const AUDIENCE = "api://studio-dsr";
const CLAIMS = {
  oid: "11111111-1111-4111-8111-111111111111",
  tid: "tenant",
  ver: "2.0",
  roles: ["Requester"],
};

const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig" };
const BAD = await badTokens({
  issuer: ISSUER,
  audience: AUDIENCE,
  tenantId: "tenant",
  publicJwk: jwk,
  privateKey,
});

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
  readonly audience?: string;
};

async function tokenWith({ claims, audience = AUDIENCE }: Changes = {}): Promise<string> {
  const jwt = new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "key-1" })
    .setIssuedAt()
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setExpirationTime("1h");
  return `Bearer ${await jwt.sign(privateKey)}`;
}

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

  it("of version 2 names the API by its client id, of which the audience is made", async () => {
    const clientId = "3f2a9c1e-0b7d-4e55-9a10-6c2f8d1b4e77";
    const rules = { issuer: ISSUER, clients: [], jwksUrl: `${issuer.origin}/keys` };
    const check = entraTokens({ ...rules, audience: `api://${clientId}` });

    const token = await tokenWith({ audience: clientId });

    await expect(check(token)).resolves.toMatchObject({ callerId: CLAIMS.oid });
    await expect(verify(token)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("is none when nothing is sent", async () => {
    await expect(verify(null)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it.each(BAD)("with %s is refused", async (_what, header) => {
    await expect(verify(header)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("can be bad in more than 40 ways, and the key's owner is not asked for what is no token", () => {
    expect(BAD.length).toBeGreaterThan(40);
    expect(new Set(BAD.map(([, header]) => header)).size).toBe(BAD.length);
    expect(issuer.seen.every(({ path }) => path === "/keys")).toBe(true);
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
