import { REDACTED, type Span } from "./span.ts";

/**
 * Credentials in plain text: scripts, links, connection strings, comments. Only the secret itself is found, so that
 * the text around it stays. The first group of each rule is the secret; without one, all of it is.
 */
const RULES: readonly (readonly [reason: string, rule: RegExp])[] = [
  // A signature has at least 20 characters of base64. Shorter ones are kept: scripts use names such as `sig` for
  // themselves, and a script is the user's own work.
  ["shared-access-signature", /(?<![a-z])sig(?:nature)?=([a-z0-9+/_-]{20,}={0,2})(?![\w(.])/dgi],
  ["account-key", /(?:account|sharedaccess|access)key\s*=\s*([a-z0-9+/_-]{8,}={0,2})/dgi],
  ["account-key", /sharedkey(?:lite)?\s+\w+:([a-z0-9+/]{20,}={0,2})/dgi],
  // Workspace tokens, endpoint keys and storage keys: 64 bytes in base64.
  ["access-key", /(?<![a-z0-9+/_-])[a-z0-9+/_-]{86}==(?!=)/dgi],
  ["password", /(?<=;\s*)(?:password|pwd)\s*=\s*([^;"'\s][^;"'\r\n]*)/dgi],
  ["password", /(?:password|pwd)\s*=\s*([^;"'\s]+)(?=\s*;\s*[\w ]+=)/dgi],
  ["password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'<>]*:([^\s/@"'<>]+)@/dgi],
  [
    "credential",
    /(?:password|passwd|passphrase|pwd|secret|(?:account|access|api|storage|shared|private|subscription|client)[_-]?(?:key|secret)|(?:access|auth|authorization|bearer|sas|workspace)[_-]?token)["']?\s*(?:=|:|<-|=>)\s*(?<quote>["'])(?<secret>(?:(?!\k<quote>)[^\\\r\n]|\\.)+)\k<quote>/dgi,
  ],
  [
    "credential",
    /(?:client_?secret|(?:api|account|access)_?key|access_?token)=(?=\S*\d)([^\s&;"'<>()]{8,})(?=[\s&;"'<>]|$)/dgi,
  ],
  ["credential", /(?:token|auth)["']?\s*(?:=|:|<-|=>)\s*["']([a-z0-9+/_.-]{20,}={0,2})["']/dgi],
  ["bearer-token", /\bbearer\s+(?=\S*\d)([a-z0-9._~+/-]{20,}=*)/dgi],
  ["bearer-token", /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/dg],
  [
    "credential",
    /[?&](?:access_token|auth_token|token|code|api-key|subscription-key)=([^&\s"'<>#]{16,})/dgi,
  ],
  ["private-key", /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY-----/dg],
];

/** Every credential in a text that is no JSON and has no escapes, and every one of the `known` values. */
export function plainSecrets(text: string, known: readonly string[]): Span[] {
  const found: Span[] = [];
  for (const [reason, rule] of RULES) {
    for (const match of text.matchAll(rule)) {
      const [start, end] = match.indices?.groups?.["secret"] ??
        match.indices?.[1] ??
        match.indices?.[0] ?? [0, 0];
      found.push({ start, end, reason, replacement: REDACTED });
    }
  }
  for (const value of known) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      let end = at + value.length;
      while (text[end] === "=") end += 1;
      found.push({ start: at, end, reason: "workspace-token", replacement: REDACTED });
    }
  }
  return found;
}

/** Shorter values are no keys, and would be found by chance. */
const MIN_KNOWN_LENGTH = 16;

/**
 * The forms in which a known credential may stand in a text: as it is, in base64url (RFC 4648, 5), with the
 * slashes as JSON may write them. The padding is left out of them all. Percent escapes are decoded before a search.
 */
export function knownForms(values: readonly string[]): string[] {
  const bare = values
    .map((value) => value.replace(/=+$/, ""))
    .filter((value) => value.length >= MIN_KNOWN_LENGTH);
  return [
    ...new Set(
      bare.flatMap((value) => [
        value,
        value.replaceAll("+", "-").replaceAll("/", "_"),
        value.replaceAll("/", "\\/"),
      ]),
    ),
  ];
}
