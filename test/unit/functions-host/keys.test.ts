import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { createKeyCheck } from "../../../local/functions-host/http/keys.ts";

/** A request as the check sees it: only its key header. */
function withKey(key?: string): IncomingMessage {
  return { headers: key === undefined ? {} : { "x-functions-key": key } } as IncomingMessage;
}

const settings = { FUNCTIONS_HOST_MASTER_KEY: "master", FUNCTIONS_HOST_KEY: "host" };
const plain = new URL("http://127.0.0.1/");

describe("createKeyCheck", () => {
  it("checks nothing without a master key", () => {
    const isAllowed = createKeyCheck({});

    const allowed = isAllowed("admin", withKey(), plain);

    expect(allowed).toBe(true);
  });

  it.each([
    ["anonymous", undefined, true],
    ["function", undefined, false],
    ["function", "wrong", false],
    ["function", "host", true],
    ["function", "master", true],
    ["admin", "host", false],
    ["admin", "master", true],
  ] as const)("answers level %s with key %s: %s", (level, key, expected) => {
    const isAllowed = createKeyCheck(settings);

    const allowed = isAllowed(level, withKey(key), plain);

    expect(allowed).toBe(expected);
  });

  it("takes the key from the query when there is no header", () => {
    const isAllowed = createKeyCheck(settings);

    const allowed = isAllowed("admin", withKey(), new URL("http://127.0.0.1/?code=master"));

    expect(allowed).toBe(true);
  });
});
