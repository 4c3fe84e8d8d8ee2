import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
} from "@azure/identity";
import { RestError } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import { storageError } from "../../../shared/adapters/storage-errors.ts";
import { AppError } from "../../../shared/errors.ts";

describe("an error of storage", () => {
  it.each([
    [404, "BlobNotFound", "not-found"],
    [409, "BlobAlreadyExists", "store-conflict"],
    [412, "UpdateConditionNotSatisfied", "store-conflict"],
    [409, "ContainerBeingDeleted", "store-unavailable"],
    [409, "TableBeingDeleted", "store-unavailable"],
    [401, "InvalidAuthenticationInfo", "store-unavailable"],
    [403, "AuthorizationPermissionMismatch", "store-unavailable"],
    [408, "OperationTimedOut", "store-unavailable"],
    [429, "TooManyRequests", "store-unavailable"],
    [500, "InternalError", "store-unavailable"],
    [503, "ServerBusy", "store-unavailable"],
    [400, "PropertyValueTooLarge", "internal"],
    [413, "RequestBodyTooLarge", "internal"],
  ])("with status %i and code %s becomes %s", (statusCode, code, expected) => {
    const error = new RestError("a long text", { statusCode, code });

    const mapped = storageError(error, "Writing a blob");

    expect(mapped.code).toBe(expected);
    expect(mapped.message).toBe(`Writing a blob failed: ${statusCode} ${code}`);
  });

  it.each([
    new RestError("connect ECONNREFUSED", { code: "ECONNREFUSED" }),
    new RestError("getaddrinfo ENOTFOUND", { code: RestError.REQUEST_SEND_ERROR }),
    Object.assign(new Error("aborted"), { name: "AbortError" }),
    Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
  ])("without an answer ($message) becomes store-unavailable", (error) => {
    expect(storageError(error, "Reading a blob").code).toBe("store-unavailable");
  });

  it.each([
    ["none can be had", new CredentialUnavailableError("no identity endpoint")],
    ["Entra refuses it", new AuthenticationError(401, { error: "invalid_client" })],
    ["Entra refuses the request for it", new AuthenticationError(400, { error: "canary" })],
    ["no way to one works", new AggregateAuthenticationError([new Error("canary")])],
  ])("without a token because %s says so", (_why, error) => {
    const mapped = storageError(error, "Reading a blob");

    expect(mapped.code).toBe("store-unavailable");
    expect(mapped.message).toBe("Reading a blob failed: no access token could be had");
    expect(mapped).not.toHaveProperty("cause");
  });

  it.each([
    ["7", 7000],
    ["0", 0],
    ["soon", undefined],
    [undefined, undefined],
  ])("asks to wait as the Retry-After %j says", (value, expected) => {
    const response = { headers: headers({ "retry-after": value }) };
    const error = Object.assign(new RestError("busy", { statusCode: 503 }), { response });

    expect(storageError(error, "Writing a row").retryAfterMs).toBe(expected);
  });

  it("repeats nothing of what was sent or received", () => {
    const response = { headers: headers({ "x-canary": "canary" }), bodyAsText: "canary" };
    const error = Object.assign(new RestError("canary", { statusCode: 400, code: "a canary?" }), {
      response,
    });

    const mapped = storageError(error, "Writing a row");

    expect(mapped.message).toBe("Writing a row failed: 400");
    expect(mapped).not.toHaveProperty("cause");
  });

  it("that is none, but a mistake of ours, keeps its cause", () => {
    const mistake = new TypeError("x is not a function");

    expect(storageError(mistake, "Writing a row")).toMatchObject({
      code: "internal",
      cause: mistake,
    });
  });

  it("that was mapped already stays as it is", () => {
    const mapped = new AppError("package-corrupt", "A block of the blob is not there");

    expect(storageError(mapped, "Committing a blob")).toBe(mapped);
  });
});

/** The headers of an answer, as the clients give them. */
function headers(values: Readonly<Record<string, string | undefined>>) {
  return { get: (name: string) => values[name] };
}
