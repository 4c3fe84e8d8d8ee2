import { createHash } from "node:crypto";
import type { AuditView } from "../shared/core/wire.ts";
import { CommandError } from "./command-error.ts";

/** What a trail must end with, when a receipt has told it. */
export type KnownHead = { readonly entries: number; readonly head: string };

type Entry = AuditView["entries"][number];

/**
 * Proves that a trail is whole: numbers, hashes and the head fit together, and the entry that a receipt names has the
 * hash that it names. Needs nothing of the service. Throws a `CommandError` with the code `audit-not-valid` that
 * names the first entry that is not as it was.
 */
export function verifyAudit({ entries, head }: AuditView, known: KnownHead | null): void {
  let previousHash = "";
  for (const [index, entry] of entries.entries()) {
    if (entry.number !== index + 1) {
      throw broken(
        index + 1,
        `it has the number ${entry.number}: one is missing, or in another place`,
      );
    }
    if (entry.previousHash !== previousHash) {
      throw broken(entry.number, "it does not follow the entry before it");
    }
    if (hashOf(entry) !== entry.hash) throw broken(entry.number, "its hash does not fit it");
    previousHash = entry.hash;
  }
  if (previousHash !== head) {
    throw broken(entries.length, "it is the last one and not the head of the trail");
  }
  if (known !== null && entries[known.entries - 1]?.hash !== known.head) {
    throw broken(known.entries, "the receipt names another hash for it");
  }
}

function hashOf({ previousHash, number, at, command, from, to, actor, note }: Entry): string {
  return createHash("sha256")
    .update(JSON.stringify([previousHash, number, at, command, from, to, actor, note]))
    .digest("hex");
}

function broken(number: number, why: string): CommandError {
  return new CommandError(`The audit trail is NOT valid: entry ${number} is broken, ${why}.`, {
    code: "audit-not-valid",
  });
}
