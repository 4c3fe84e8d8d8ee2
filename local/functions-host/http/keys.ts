import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { HttpFunction } from "../app-function.ts";
import type { Settings } from "../settings.ts";

/** Says whether a request carries a key that opens the function, or something of a level. */
export type KeyCheck = (
  target: Pick<HttpFunction, "name" | "authLevel">,
  request: IncomingMessage,
  url: URL,
) => boolean;

/**
 * Keys come from the settings `FUNCTIONS_HOST_MASTER_KEY` (every level), `FUNCTIONS_HOST_KEY`
 * (level "function") and `FUNCTIONS_HOST_KEY.<function>` (that function). Without a master key nothing is checked, as in Azure Functions Core Tools.
 * A request shows its key in `x-functions-key`, or else in the query's `code`.
 */
export function createKeyCheck(settings: Settings): KeyCheck {
  const masterKey = settings["FUNCTIONS_HOST_MASTER_KEY"] ?? "";
  const hostKey = settings["FUNCTIONS_HOST_KEY"] ?? "";
  return ({ name, authLevel }, request, url) => {
    if (masterKey === "" || authLevel === "anonymous") {
      return true;
    }
    const shown = request.headers["x-functions-key"] ?? url.searchParams.get("code") ?? "";
    const key = String(shown);
    const keys = [hostKey, settings[`FUNCTIONS_HOST_KEY.${name}`] ?? ""];
    const isEnough = authLevel === "function" && keys.some((open) => isSame(key, open));
    return isSame(key, masterKey) || isEnough;
  };
}

function isSame(shown: string, expected: string): boolean {
  return expected !== "" && timingSafeEqual(digest(shown), digest(expected));
}

/** Digests have one length, so that comparing tells nothing about the key's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
