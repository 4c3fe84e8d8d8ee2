import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { signDigest } from "../../../local/simulators/key-vault/sign-digest.ts";
import type { PublicKey, Signer } from "../../../shared/pipeline/ports.ts";

/** A signer in memory; `rotate` makes a new key, which signs from then on. */
export interface MemorySigner extends Signer {
  rotate(): void;
}

/** A signer with one key. */
export function memorySigner(): MemorySigner {
  const made = [newKey()];
  return {
    rotate: () => void made.unshift(newKey()),
    keys: async () => made.map(({ jwk }) => jwk),
    sign: async (kid, digest) => {
      const key = made.find(({ jwk }) => jwk.kid === kid);
      if (key === undefined) throw new Error("There is no such key");
      return signDigest(Buffer.from(digest), key.privateKey.export({ format: "jwk" }));
    },
  };
}

function newKey(): { readonly jwk: PublicKey; readonly privateKey: KeyObject } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = privateKey.export({ format: "jwk" });
  const point = { crv: "P-256", kty: "EC", x, y } as const;
  const kid = createHash("sha256").update(JSON.stringify(point)).digest("base64url");
  return { jwk: { ...point, kid, use: "sig", alg: "ES256" }, privateKey };
}
