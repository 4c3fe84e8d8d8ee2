import { CommandError } from "./command-error.ts";

/** A workspace id as the API writes it. Throws a usage error for anything but 32 hex digits, dashes aside. */
export function parseWorkspaceId(text: string): string {
  const plain = text.replaceAll("-", "").toLowerCase();
  if (/^[0-9a-f]{32}$/.test(plain)) return plain;
  throw new CommandError(
    "A workspace id is 32 hex digits: Studio's address has it after /Home/ViewWorkspace/.",
    { exitCode: 2 },
  );
}
