import { CommandError } from "./command-error.ts";

/**
 * An idempotency key as the value of its header: a structured-field string (RFC 8941, 3.3.3).
 *
 * Throws a usage error unless it has 1 to 200 printable ASCII characters; `"` and `\` would need an escape,
 * which the API does not take.
 */
export function quotedKey(key: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(key)) return `"${key}"`;
  throw new CommandError(
    String.raw`The key must have 1 to 200 printable ASCII characters, and neither " nor \.`,
    { exitCode: 2 },
  );
}
