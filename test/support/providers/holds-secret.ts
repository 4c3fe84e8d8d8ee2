/** How often escapes within escapes are looked through. */
const MAX_LAYERS = 4;

/**
 * Whether a text holds a secret, as it is or in any of the forms in which it would still be of use: in base64url,
 * with the escapes of JSON and URLs, and those within each other.
 */
export function holdsSecret(text: string, secret: string): boolean {
  const bare = secret.replace(/=+$/, "");
  const forms = [bare, bare.replaceAll("+", "-").replaceAll("/", "_")];
  let layer = text;
  for (let layers = 0; layers < MAX_LAYERS; layers += 1) {
    const current = layer;
    if (forms.some((form) => current.includes(form))) return true;
    layer = unescaped(layer);
  }
  return false;
}

/** The text without one layer of escapes, wherever it has some. */
function unescaped(text: string): string {
  return text
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\([/"\\])/g, "$1");
}
