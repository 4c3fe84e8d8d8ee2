import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Settings } from "../settings.ts";
import type { HttpFunction } from "../trigger.ts";

/** Says whether a request carries a key that opens the level. */
export type KeyCheck = (
  level: HttpFunction["authLevel"],
  request: IncomingMessage,
  url: URL,
) => boolean;

/**
 * Keys come from the settings `FUNCTIONS_HOST_MASTER_KEY` (every level) and `FUNCTIONS_HOST_KEY`
 * (level "function"). Without a master key nothing is checked, as in Azure Functions Core Tools.
 * A request shows its key in `x-functions-key`, or else in the query's `code`.
 */
export function createKeyCheck(settings: Settings): KeyCheck {
  const masterKey = settings["FUNCTIONS_HOST_MASTER_KEY"] ?? "";
  const hostKey = settings["FUNCTIONS_HOST_KEY"] ?? "";
  return (level, request, url) => {
    if (masterKey === "" || level === "anonymous") {
      return true;
    }
    const shown = request.headers["x-functions-key"] ?? url.searchParams.get("code") ?? "";
    const key = String(shown);
    return isSame(key, masterKey) || (level === "function" && isSame(key, hostKey));
  };
}

function isSame(shown: string, expected: string): boolean {
  return expected !== "" && timingSafeEqual(digest(shown), digest(expected));
}

/** Digests have one length, so that comparing tells nothing about the key's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
