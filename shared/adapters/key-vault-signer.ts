import { createHash } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { CryptographyClient, KeyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { AppError } from "../errors.ts";
import type { Clock, PublicKey, Signer } from "../pipeline/ports.ts";
import { storageCall } from "./storage-errors.ts";

/** Where the key is. `isLoopback` is set for a vault on this machine, whose name is not under the vault domain. */
export type KeyVaultOptions = {
  readonly vaultUrl: string;
  readonly keyName: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly isLoopback: boolean;
};

/** How long a list of keys is believed: a new version of the key signs after that time. */
const LIFETIME_MS = 5 * 60 * 1000;

/**
 * Signs with a P-256 key of a Key Vault (https://learn.microsoft.com/azure/key-vault/keys/about-keys-details); the
 * private part never leaves it. The newest version signs; the public parts of all versions, disabled ones too, stay
 * published, since receipts outlive a rotation. Throws `store-unavailable`,
 * `not-found` when there is no such key, and `internal` when it is no P-256 key.
 */
export function keyVaultSigner(options: KeyVaultOptions): Signer {
  const { vaultUrl, keyName, credential, clock, isLoopback } = options;
  const clientOptions = { disableChallengeResourceVerification: isLoopback };
  const client = new KeyClient(vaultUrl, credential, clientOptions);
  let known: { readonly keys: Promise<readonly VaultKey[]>; readonly untilMs: number } | null =
    null;
  const keys = () => {
    const nowMs = Date.parse(clock.now());
    if (known === null || known.untilMs <= nowMs) {
      const reading = readKeys(client, keyName);
      known = { keys: reading, untilMs: nowMs + LIFETIME_MS };
      reading.catch(() => {
        known = null;
      });
    }
    return known.keys;
  };
  return {
    keys: async () => (await keys()).map(({ jwk }) => jwk),
    sign: async (kid, digest) => {
      const key = (await keys()).find(({ jwk }) => jwk.kid === kid);
      if (key === undefined) throw new AppError("internal", "The key to sign with is not known");
      const crypto = new CryptographyClient(key.id, credential, clientOptions);
      const { result } = await storageCall("Signing", () => crypto.sign("ES256", digest));
      return result;
    },
  };
}

type VaultKey = { readonly id: string; readonly jwk: PublicKey };

/** The vault itself tells which version is the newest: dates of versions are in whole seconds. */
async function readKeys(client: KeyClient, name: string): Promise<readonly VaultKey[]> {
  const newest = await storageCall("Reading a key", () => client.getKey(name));
  const versions = await storageCall("Listing the versions of a key", () =>
    Array.fromAsync(client.listPropertiesOfKeyVersions(name)),
  );
  const keys = [toVaultKey(newest)];
  for (const { version } of versions) {
    if (version === undefined || version === newest.properties.version) continue;
    keys.push(
      toVaultKey(await storageCall("Reading a key", () => client.getKey(name, { version }))),
    );
  }
  return keys;
}

function toVaultKey({ id, key }: KeyVaultKey): VaultKey {
  const { kty, crv, x, y } = key ?? {};
  const isP256 = (kty === "EC" || kty === "EC-HSM") && crv === "P-256";
  if (!isP256 || x === undefined || y === undefined || id === undefined) {
    throw new AppError("internal", "The signing key is no P-256 key");
  }
  const point = { crv: "P-256", kty: "EC", x: base64url(x), y: base64url(y) } as const;
  return { id, jwk: { ...point, kid: thumbprint(point), use: "sig", alg: "ES256" } };
}

/** The JWK thumbprint (RFC 7638): SHA-256 over the required members, in the order of their names. */
function thumbprint(point: Pick<PublicKey, "crv" | "kty" | "x" | "y">): string {
  const { crv, kty, x, y } = point;
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
