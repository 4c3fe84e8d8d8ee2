import { generateKeyPairSync } from "node:crypto";
import type { JWK } from "jose";

/** Order of the group of P-256 (FIPS 186-5, SP 800-186). */
const GROUP_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SCALAR_BYTES = 32;

/**
 * Signs a SHA-256 digest with a P-256 key (ECDSA, FIPS 186-5 section 6.4); the result is `r` and `s`, 32
 * bytes each, as ES256 has it. Written out because Node signs messages only and would hash the digest
 * again. A fresh key pair serves as the secret number: its public x coordinate is `r`. Not hardened
 * against timing: for simulated vaults only.
 */
export function signDigest(digest: Buffer, privateJwk: JWK): Buffer {
  const privateScalar = scalarOf(privateJwk.d);
  const message = BigInt(`0x${digest.subarray(0, SCALAR_BYTES).toString("hex")}`);
  for (;;) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const ephemeral = privateKey.export({ format: "jwk" });
    const r = scalarOf(ephemeral.x) % GROUP_ORDER;
    const s =
      (inverse(scalarOf(ephemeral.d)) * ((message + r * privateScalar) % GROUP_ORDER)) %
      GROUP_ORDER;
    // Zero is all but impossible, and the standard asks for another try.
    if (r !== 0n && s !== 0n) return Buffer.concat([bytesOf(r), bytesOf(s)]);
  }
}

function scalarOf(base64url: string | undefined): bigint {
  if (base64url === undefined) throw new TypeError("A private P-256 key was expected.");
  return BigInt(`0x${Buffer.from(base64url, "base64url").toString("hex")}`);
}

/** By the extended Euclidean algorithm. */
function inverse(value: bigint): bigint {
  let [remainder, nextRemainder] = [GROUP_ORDER, value % GROUP_ORDER];
  let [factor, nextFactor] = [0n, 1n];
  while (nextRemainder !== 0n) {
    const quotient = remainder / nextRemainder;
    [remainder, nextRemainder] = [nextRemainder, remainder - quotient * nextRemainder];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return ((factor % GROUP_ORDER) + GROUP_ORDER) % GROUP_ORDER;
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(SCALAR_BYTES * 2, "0"), "hex");
}
