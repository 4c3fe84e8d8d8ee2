import { createHash } from "node:crypto";
import type { Caller } from "../core/caller.ts";

/** How long a token that was checked is not checked again; the issuer's keys are kept for longer. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 1_000;

type Known = { readonly caller: Caller; readonly untilMs: number };

/** Callers whose token was checked a moment ago. */
export interface KnownCallers {
  get(token: string): Caller | null;
  /** `endsAtMs` is when the token ends by itself, in milliseconds since 1970. */
  add(token: string, caller: Caller, endsAtMs: number): void;
}

/**
 * Remembers callers for a minute, and never past the end of their token; of more than 1,000 the oldest are
 * forgotten. Tokens are kept as digests only.
 */
export function knownCallers(nowMs: () => number): KnownCallers {
  const known = new Map<string, Known>();
  return {
    get: (token) => {
      const found = known.get(digestOf(token));
      return found !== undefined && nowMs() < found.untilMs ? found.caller : null;
    },
    add: (token, caller, endsAtMs) => {
      const [oldest] = known.keys();
      if (known.size >= MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
      known.set(digestOf(token), {
        caller,
        untilMs: Math.min(endsAtMs, nowMs() + REMEMBERED_MS),
      });
    },
  };
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
