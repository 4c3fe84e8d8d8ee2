import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { createKeyCheck } from "../../../local/functions-host/http/keys.ts";

/** A request as the check sees it: only its key header. */
function withKey(key?: string): IncomingMessage {
  return { headers: key === undefined ? {} : { "x-functions-key": key } } as IncomingMessage;
}

const settings = {
  FUNCTIONS_HOST_MASTER_KEY: "master",
  FUNCTIONS_HOST_KEY: "host",
  "FUNCTIONS_HOST_KEY.fn": "own",
  "FUNCTIONS_HOST_KEY.other": "of-another",
};
const plain = new URL("http://127.0.0.1/");

function target(authLevel: "anonymous" | "function" | "admin") {
  return { name: "fn", authLevel };
}

describe("createKeyCheck", () => {
  it("checks nothing without a master key", () => {
    const isAllowed = createKeyCheck({});

    const allowed = isAllowed(target("admin"), withKey(), plain);

    expect(allowed).toBe(true);
  });

  it.each([
    ["anonymous", undefined, true],
    ["function", undefined, false],
    ["function", "wrong", false],
    ["function", "host", true],
    ["function", "own", true],
    ["function", "of-another", false],
    ["function", "master", true],
    ["admin", "host", false],
    ["admin", "own", false],
    ["admin", "master", true],
  ] as const)("answers level %s with key %s: %s", (level, key, expected) => {
    const isAllowed = createKeyCheck(settings);

    const allowed = isAllowed(target(level), withKey(key), plain);

    expect(allowed).toBe(expected);
  });

  it("takes the key from the query when there is no header", () => {
    const isAllowed = createKeyCheck(settings);

    const allowed = isAllowed(target("admin"), withKey(), new URL("http://127.0.0.1/?code=master"));

    expect(allowed).toBe(true);
  });
});
