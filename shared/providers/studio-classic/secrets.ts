/** Which parts of Studio's documents are credentials. */

/** Members that hold a credential, in lower case, by what kind it is. */
const SECRET_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["accesscredential", "download-link"],
  ["primarytoken", "workspace-token"],
  ["secondarytoken", "workspace-token"],
  ["userstoragekey", "storage-key"],
  ["msidentitycertificate", "certificate"],
  ["registrationkey", "registration-key"],
  ["primarykey", "endpoint-key"],
  ["secondarykey", "endpoint-key"],
]);

/** Parameters are named by people and module authors; whatever sounds like a credential is one. */
const SECRET_PARAMETER = /key|password|pwd|token|secret|connection ?string|credential|\bsas|sas\b/i;

// A signature has at least 20 characters of (URL-encoded) base64. Shorter ones are kept: scripts use
// names such as `sig` for themselves, and a script is the user's own work.
const SAS = /(?<![a-z])sig(?:nature)?(?:=|%3d)[a-z0-9+/%]{20}/i;
const ACCOUNT_KEY = /(?:AccountKey|SharedAccessKey)\s*(?:=|%3d)\s*[a-z0-9+/%]{8}/i;

/** Why a member is a secret, by its name (lower case) or by what its value says; null when it is none. */
export function secretReason(member: string, content: unknown): string | null {
  const reason = SECRET_MEMBERS.get(member);
  if (reason !== undefined) return reason;
  if (member.endsWith("connectionstring")) return "connection-string";
  if (typeof content !== "string") return null;
  if (SAS.test(content)) return "shared-access-signature";
  return ACCOUNT_KEY.test(content) ? "account-key" : null;
}

/** Why the value of a parameter of that name is a secret; null when it is none. */
export function secretParameterReason(name: string): string | null {
  return SECRET_PARAMETER.test(name) ? "secret-parameter" : null;
}
