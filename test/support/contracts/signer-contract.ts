import { createHash, createPublicKey, verify } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { expect, it } from "vitest";
import type { PublicKey, Signer } from "../../../shared/pipeline/ports.ts";

/** What every signer promises. `rotate` makes a new version of the key, which signs from then on. */
export function signerContract(
  open: () => Promise<{ readonly signer: Signer; rotate(): Promise<void> }>,
): void {
  it("signs a digest so that the public key alone proves it", async () => {
    const { signer } = await open();
    const [key] = await signer.keys();
    const message = Buffer.from("what was done");

    const signature = await signer.sign(key?.kid ?? "", sha256(message));

    expect(signature.length).toBe(64);
    expect(proves(key, message, signature)).toBe(true);
    expect(proves(key, Buffer.from("what was not done"), signature)).toBe(false);
  });

  it("names each key by its thumbprint", async () => {
    const { signer } = await open();
    for (const key of await signer.keys()) {
      expect(key.kid).toBe(await calculateJwkThumbprint(key));
    }
  });

  it("keeps the keys that have signed before", async () => {
    const { signer, rotate } = await open();
    const [old] = await signer.keys();

    await rotate();
    const keys = await signer.keys();

    expect(keys.length).toBeGreaterThan(1);
    expect(keys.slice(1)).toContainEqual(old);
  });
}

function proves(key: PublicKey | undefined, message: Buffer, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: { ...key }, format: "jwk" });
  return verify("sha256", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
}

function sha256(message: Buffer): Buffer {
  return createHash("sha256").update(message).digest();
}
