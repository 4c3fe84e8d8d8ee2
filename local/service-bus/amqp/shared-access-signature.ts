import { createHmac, timingSafeEqual } from "node:crypto";

/** A key that clients sign their tokens with. */
export type SharedAccessKey = { readonly name: string; readonly key: string };

/**
 * The key that Microsoft's emulator uses. Clients know that `UseDevelopmentEmulator=true` comes with
 * it; it protects nothing, which is why the broker listens on the loopback interface only.
 */
export const DEVELOPMENT_KEY: SharedAccessKey = {
  name: "RootManageSharedAccessKey",
  key: "SAS_KEY_VALUE",
};

const PREFIX = "SharedAccessSignature ";

/**
 * Tells whether a token was signed with the key and has not expired. The signature covers the
 * encoded resource and the expiry
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas).
 */
export function isValidSignature(
  token: string,
  { name, key }: SharedAccessKey,
  nowMs: number,
): boolean {
  if (!token.startsWith(PREFIX)) {
    return false;
  }
  const fields = new Map(token.slice(PREFIX.length).split("&").map(splitField));
  const resource = fields.get("sr") ?? "";
  const expiry = fields.get("se") ?? "";
  const expected = createHmac("sha256", key).update(`${resource}\n${expiry}`).digest();
  const signature = Buffer.from(decode(fields.get("sig") ?? ""), "base64");
  return (
    fields.get("skn") === name &&
    Number(expiry) * 1000 > nowMs &&
    signature.length === expected.length &&
    timingSafeEqual(signature, expected)
  );
}

function splitField(field: string): [key: string, value: string] {
  const index = field.indexOf("=");
  return [field.slice(0, index), field.slice(index + 1)];
}

/** Undoes percent-encoding, without an error when it is not valid. */
function decode(value: string): string {
  return new URLSearchParams(`value=${value}`).get("value") ?? "";
}
