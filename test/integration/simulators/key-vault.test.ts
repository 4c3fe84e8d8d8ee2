import { createHash, createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { type Answer, jsonOf, resourceToken } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";

async function callVault(
  simulators: Simulators,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const token = await resourceToken(simulators, "https://vault.azure.net");
  return fetch(`${simulators.addresses.vault}${path}?api-version=7.6`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe("Key Vault", () => {
  it("tells a caller without a token where to get one", async () => {
    await using simulators = await startTestSimulators();
    const { vault, entra, tenantId } = simulators.addresses;

    const response = await fetch(`${vault}/secrets/a?api-version=7.6`);

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer authorization="${entra}/${tenantId}", resource="https://vault.azure.net"`,
    );
  });

  it("sets, gets and deletes a secret", async () => {
    await using simulators = await startTestSimulators();

    await callVault(simulators, "PUT", "/secrets/a", { value: "old" });
    const set = await callVault(simulators, "PUT", "/secrets/a", { value: "new" });
    const { id } = await jsonOf<{ id: string }>(set);
    const newest = await callVault(simulators, "GET", "/secrets/a");
    const versioned = await callVault(simulators, "GET", new URL(id).pathname);
    const deleted = await callVault(simulators, "DELETE", "/secrets/a");
    const gone = await callVault(simulators, "GET", "/secrets/a");

    expect(await newest.json()).toMatchObject({ id, value: "new" });
    expect(await versioned.json()).toMatchObject({ id, value: "new" });
    expect(await deleted.json()).not.toHaveProperty("value");
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({ error: { code: "SecretNotFound" } });
  });

  it("keeps a deleted secret recoverable, and its name taken, until it is purged", async () => {
    await using simulators = await startTestSimulators();
    await callVault(simulators, "PUT", "/secrets/a", { value: "old" });
    await callVault(simulators, "DELETE", "/secrets/a");

    const deleted = await callVault(simulators, "GET", "/deletedsecrets/a");
    const taken = await callVault(simulators, "PUT", "/secrets/a", { value: "new" });
    const purged = await callVault(simulators, "DELETE", "/deletedsecrets/a");
    const gone = await callVault(simulators, "GET", "/deletedsecrets/a");
    const again = await callVault(simulators, "PUT", "/secrets/a", { value: "new" });

    expect(await deleted.json()).not.toHaveProperty("value");
    expect([taken, purged, gone, again].map(({ status }) => status)).toEqual([409, 204, 404, 200]);
  });

  it("signs digests with a key that survives a restart and never shows its private part", async () => {
    await using folder = await temporaryFolder();
    const first = await startTestSimulators({ dataFolder: folder.path });
    await callVault(first, "POST", "/keys/seal/create", { kty: "EC", crv: "P-256" });
    await first[Symbol.asyncDispose]();
    await using second = await startTestSimulators({ dataFolder: folder.path });
    const message = Buffer.from("a receipt");
    const digest = createHash("sha256").update(message).digest("base64url");

    const shown = await callVault(second, "GET", "/keys/seal");
    const { key } = await jsonOf<{ key: Answer }>(shown);
    const path = `${new URL(String(key["kid"])).pathname}/sign`;
    const signed = await callVault(second, "POST", path, { alg: "ES256", value: digest });
    const { value } = await jsonOf<{ value: string }>(signed);

    const publicKey = createPublicKey({ key, format: "jwk" });
    const signature = Buffer.from(value, "base64url");
    expect(Object.keys(key).toSorted()).toEqual(["crv", "key_ops", "kid", "kty", "x", "y"]);
    expect(
      verify("sha256", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature),
    ).toBe(true);
  });

  it("refuses to sign what is no SHA-256 digest", async () => {
    await using simulators = await startTestSimulators();
    const made = await callVault(simulators, "POST", "/keys/seal/create", { kty: "EC" });
    const { key } = await jsonOf<{ key: { kid: string } }>(made);

    const path = `${new URL(key.kid).pathname}/sign`;
    const response = await callVault(simulators, "POST", path, { alg: "ES256", value: "AAAA" });

    expect(response.status).toBe(400);
  });
});
