import type { TokenCredential } from "@azure/identity";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { resourceToken } from "./simulator-calls.ts";

const RESOURCE = "https://vault.azure.net";

/** A credential for the simulated Key Vault. */
export function vaultCredential(simulators: Simulators): TokenCredential {
  return {
    getToken: async () => ({
      token: await resourceToken(simulators, RESOURCE),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

/** Makes an ES256 key in the simulated Key Vault, or a new version of one. */
export async function createKey(simulators: Simulators, name: string): Promise<void> {
  const token = await resourceToken(simulators, RESOURCE);
  const answer = await fetch(`${simulators.addresses.vault}/keys/${name}/create?api-version=7.6`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ kty: "EC", crv: "P-256" }),
  });
  if (!answer.ok) throw new Error(`The vault answered ${answer.status}`);
}
