/** What somebody sends who hopes that a platform's headers are believed. */

const ADMIN = { userId: "admin", userRoles: ["Operator", "Approver"], claims: [] };

/** The headers, with a principal that is well formed, and with others that are not. */
export function forgedPrincipals(): readonly Readonly<Record<string, string>>[] {
  const encoded = Buffer.from(JSON.stringify(ADMIN)).toString("base64");
  const cut = Buffer.from("{").toString("base64");
  return [encoded, "not base64 {", cut, ""].map((principal) => ({
    "x-ms-client-principal": principal,
    "x-ms-client-principal-id": "admin",
    "x-ms-client-principal-name": "admin",
    "x-ms-client-principal-idp": "aad",
    "x-ms-token-aad-access-token": "token",
    "x-forwarded-user": "admin",
    "x-original-url": "/admin",
  }));
}
