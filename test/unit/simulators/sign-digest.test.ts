import { createHash, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signDigest } from "../../../local/simulators/key-vault/sign-digest.ts";

describe("signDigest", () => {
  it("signs a digest as ES256 signs the message", () => {
    const message = Buffer.from("a receipt");
    const digest = createHash("sha256").update(message).digest();

    for (let round = 0; round < 50; round += 1) {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const { kty = "", crv = "", x = "", y = "", d = "" } = privateKey.export({ format: "jwk" });
      const signature = signDigest(digest, { kty, crv, x, y, d });

      const key = { key: createPublicKey(privateKey), dsaEncoding: "ieee-p1363" } as const;
      expect(signature).toHaveLength(64);
      expect(verify("sha256", message, key, signature)).toBe(true);
      expect(verify("sha256", Buffer.from("another"), key, signature)).toBe(false);
    }
  });
});
