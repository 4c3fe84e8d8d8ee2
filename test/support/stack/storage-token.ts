import type { TokenCredential } from "@azure/identity";
import { SignJWT } from "jose";

const TENANT = "11111111-2222-4333-8444-555555555555";

/** A credential for Azurite, which reads the claims of a storage token and not its signature. */
export function storageCredential(): TokenCredential {
  return {
    getToken: async () => ({
      token: await new SignJWT({ oid: TENANT, tid: TENANT, ver: "1.0" })
        .setProtectedHeader({ alg: "HS256" })
        .setIssuer(`https://sts.windows.net/${TENANT}/`)
        .setAudience("https://storage.azure.com")
        .setIssuedAt()
        .setNotBefore("-5m")
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode("not checked")),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}
