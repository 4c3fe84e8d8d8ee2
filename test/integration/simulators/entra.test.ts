import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterAll, describe, expect, it } from "vitest";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { jsonOf, resourceToken } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());

function grant(form: Record<string, string>, { addresses }: Simulators = simulators) {
  return fetch(`${addresses.entra}/${addresses.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", ...form }),
  });
}

async function applicationToken(clientId: string, from?: Simulators): Promise<string> {
  const response = await grant({ client_id: clientId, scope: "api://studio-dsr/.default" }, from);
  return (await jsonOf<{ access_token: string }>(response)).access_token;
}

describe("token endpoint", () => {
  it("gives tokens that the published keys verify", async () => {
    const { entra, tenantId } = simulators.addresses;
    const discovery = await fetch(`${entra}/${tenantId}/v2.0/.well-known/openid-configuration`);
    const { issuer, jwks_uri: jwksUri } = await jsonOf<Record<string, string>>(discovery);

    const { payload } = await jwtVerify(
      await applicationToken("approver-app"),
      createRemoteJWKSet(new URL(jwksUri ?? "")),
      { issuer: issuer ?? "", audience: "api://studio-dsr" },
    );

    expect(issuer).toBe(simulators.addresses.issuer);
    expect(jwksUri).toBe(simulators.addresses.jwks);
    expect(payload).toMatchObject({
      azp: "approver-app",
      roles: ["Approver"],
      tid: "9ac32fb5-13a0-4e46-86d5-3798dc8f8083",
      ver: "2.0",
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it.each([
    ["requester-tool", ["Requester"]],
    ["operator-app", ["Operator"]],
    ["auditor-app", ["Auditor"]],
    ["nobody-app", []],
  ])("gives %s the roles %j", async (clientId, roles) => {
    expect(decodeJwt(await applicationToken(clientId))["roles"]).toEqual(roles);
  });

  it.each([
    [{ client_id: "stranger", scope: "api://x/.default" }, "unauthorized_client"],
    [{ client_id: "nobody-app", scope: "api://x" }, "invalid_scope"],
    [
      { grant_type: "password", client_id: "nobody-app", scope: "api://x/.default" },
      "unsupported_grant_type",
    ],
  ])("refuses %j as %s", async (form, error) => {
    const response = await grant(form);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error });
  });

  it("signs with the same key after a restart on the same data folder", async () => {
    await using folder = await temporaryFolder();
    const first = await startTestSimulators({ dataFolder: folder.path });
    const token = await applicationToken("auditor-app", first);
    await first[Symbol.asyncDispose]();

    await using second = await startTestSimulators({ dataFolder: folder.path });

    const keys = createRemoteJWKSet(new URL(second.addresses.jwks));
    const { payload } = await jwtVerify(token, keys);
    expect(payload["azp"]).toBe("auditor-app");
  });
});

describe("identity endpoint", () => {
  it("gives version 1.0 tokens for a resource", async () => {
    const token = await resourceToken(simulators, "https://storage.azure.com");

    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: "https://sts.windows.net/9ac32fb5-13a0-4e46-86d5-3798dc8f8083/",
      aud: "https://storage.azure.com",
      tid: "9ac32fb5-13a0-4e46-86d5-3798dc8f8083",
      ver: "1.0",
    });
    expect(claims["oid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims.nbf).toBe(claims.iat);
  });

  it("gives nothing without the right header", async () => {
    const url = `${simulators.addresses.identity}?api-version=2019-08-01&resource=https://a.example`;

    const without = await fetch(url);
    const wrong = await fetch(url, { headers: { "X-IDENTITY-HEADER": "wrong" } });

    expect([without.status, wrong.status]).toEqual([401, 401]);
  });
});
