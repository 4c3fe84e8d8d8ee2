import { describe, expect, it } from "vitest";
import { errorCodeOf, failureOf } from "../../../shared/providers/failure.ts";

const STUDIO = '{"Error":{"Code":"UserError","Message":"canary","Target":null,"Details":[]}}';
const STORAGE =
  '{"Error":{"Code":"AzureStorageError","Message":"Azure User Storage Error","InnerError":{"Code":"Unknown","InnerError":null}}}';

describe("an error body", () => {
  it.each([
    ["of the Studio API", STUDIO, "UserError"],
    [
      "of the management API",
      '{"error":{"code":"InvalidWorkspaceId","message":"x"}}',
      "InvalidWorkspaceId",
    ],
    ["of ARM, flat", '{"code":"ResourceNotFound","message":"x"}', "ResourceNotFound"],
    ["in other case", '{"ERROR":{"CODE":"Conflict"}}', "Conflict"],
    ["with an error and a flat code", '{"code":"Outer","error":{"code":"Inner"}}', "Inner"],
    ["whose error is a text", '{"error":"denied","code":"Denied"}', "Denied"],
    ["of plain text", "Request ID: 0f0f0f0f 2015-11-24 18:11:23Z", null],
    ["of XML", "<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>", null],
    ["that is empty", "", null],
    ["of null", "null", null],
    ["of a list", '["Code"]', null],
    ["whose code is a number", '{"code":17}', null],
    ["whose code could be anything", '{"code":"maja@example.com said no"}', null],
  ])("%s gives its code", (_what, body, expected) => {
    expect(errorCodeOf(body)).toBe(expected);
  });
});

describe("a failed answer", () => {
  it.each([
    [400, "", "source-invalid"],
    [401, STUDIO, "workspace-denied"],
    [403, "", "workspace-denied"],
    [404, "", "asset-not-found"],
    [408, "", "source-unavailable"],
    [409, "", "source-unavailable"],
    [410, "", "asset-not-found"],
    [429, "", "source-throttled"],
    [440, "", "source-unavailable"],
    [500, "", "source-unavailable"],
    [500, STORAGE, "workspace-unreadable"],
    [501, STORAGE, "source-unavailable"],
    [502, "", "source-unavailable"],
    [503, "", "source-unavailable"],
    [504, "", "source-unavailable"],
    [509, "", "source-unavailable"],
    [302, "", "source-invalid"],
    [204, "", "source-invalid"],
  ] as const)("of status %i with the body %j is %s", (status, body, code) => {
    const error = failureOf({ status, retryAfterMs: undefined, body });

    expect(error.code).toBe(code);
    expect(error.retryAfterMs).toBeUndefined();
  });

  it("of status 503 that asks to wait is a throttle and keeps the wait", () => {
    const error = failureOf({ status: 503, retryAfterMs: 5000, body: "" });

    expect(error).toMatchObject({
      code: "source-throttled",
      retryAfterMs: 5000,
      isRetryable: true,
    });
  });

  it("of status 404 is what the caller says", () => {
    const answer = { status: 404, retryAfterMs: undefined, body: "" };

    expect(failureOf(answer, "workspace-not-found").code).toBe("workspace-not-found");
  });

  it("is told by status and code, never by the service's own words", () => {
    const error = failureOf({ status: 401, retryAfterMs: undefined, body: STUDIO });

    expect(error.message).toBe("The source answered 401 (UserError)");
  });
});
