import { CommandError } from "./command-error.ts";

/** A request id as the API writes it. Throws a usage error for anything but 32 hex digits. */
export function parseRequestId(text: string): string {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new CommandError("A request id is 32 hex digits, as submitting an export prints it.", {
    exitCode: 2,
  });
}
