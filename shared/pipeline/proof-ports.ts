/** The ports of receipts: the key that signs them, and where they are kept. */

/** The public part of a signing key: a JWK (RFC 7517); `kid` is its thumbprint (RFC 7638). */
export type PublicKey = {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: "sig";
  readonly alg: "ES256";
};

/** The key that signs receipts. Throws `store-unavailable`. */
export interface Signer {
  /** The public parts: the key that signs now first, then those that signed before. Never empty. */
  keys(): Promise<readonly PublicKey[]>;
  /** Signs a SHA-256 digest with that key: `r` and `s`, 32 bytes each (RFC 7518, 3.4). */
  sign(kid: string, digest: Uint8Array): Promise<Uint8Array>;
}

/** Receipts, by request: written once, and kept when the package is purged. */
export interface Receipts {
  /** Stores the file. `"exists"` when there is one: the first stays. */
  put(requestId: string, file: AsyncIterable<Uint8Array>): Promise<"created" | "exists">;
  /** The file as a stream, or null. */
  read(requestId: string): Promise<AsyncIterable<Uint8Array> | null>;
}
