import { describe, expect, it } from "vitest";
import { HostError } from "../../../local/functions-host/host-error.ts";
import { compileRoute } from "../../../local/functions-host/http/route-template.ts";

describe("compileRoute", () => {
  it.each([
    ["api/requests", "/api/requests", {}],
    ["api/requests", "/API/Requests/", {}],
    [".well-known/jwks.json", "/.well-known/jwks.json", {}],
    ["items/{id}", "/items/a%20b", { id: "a b" }],
    ["items/{id}", "/items/a%2Fb", { id: "a%2Fb" }],
    ["items/{id:int}", "/items/-12", { id: "-12" }],
    ["items/{id:int:min(1):max(9)}", "/items/9", { id: "9" }],
    [
      "items/{id:guid}",
      "/items/0d2f5c9e-0000-4000-8000-abcdefabcdef",
      { id: "0d2f5c9e-0000-4000-8000-abcdefabcdef" },
    ],
    ["items/{id:length(2,3)}", "/items/abc", { id: "abc" }],
    ["items/{id:regex(^[a-f0-9]{{4}}$)}", "/items/0aF9", { id: "0aF9" }],
    ["items/{id?}", "/items", {}],
    ["items/{id=7}", "/items", { id: "7" }],
    ["files/{*path}", "/files/a/b.txt", { path: "a/b.txt" }],
    ["files/{*path}", "/files", {}],
    ["files/{*path:file}", "/files/a/b.txt", { path: "a/b.txt" }],
    ["files/{*path:nonfile}", "/files/a.b/c", { path: "a.b/c" }],
    ["days/{day:datetime}", "/days/2026-03-02", { day: "2026-03-02" }],
    ["sizes/{size:double}", "/sizes/1.5e3", { size: "1.5e3" }],
    ["v{major:int}.{minor:int}/info", "/v1.2/info", { major: "1", minor: "2" }],
    ["", "/", {}],
  ])("fits %s to %s", (template, path, params) => {
    const match = compileRoute(template);

    const values = match(path);

    expect(values).toEqual(params);
  });

  it.each([
    ["api/requests", "/api"],
    ["api/requests", "/api/requests/1"],
    [".well-known/jwks.json", "/.well-known/jwksXjson"],
    ["items/{id}", "/items"],
    ["items/{id}", "/items/a/b"],
    ["items/{id:int}", "/items/one"],
    ["items/{id:int}", "/items/2147483648"],
    ["items/{id:int:min(1)}", "/items/0"],
    ["items/{id:regex(^[a-f0-9]{{4}}$)}", "/items/0aG9"],
    ["items/{id:alpha}", "/items/a1"],
    ["files/{*path:file}", "/files/a.b/c"],
    ["files/{*path:nonfile}", "/files/b.txt"],
  ])("keeps %s from fitting to %s", (template, path) => {
    const match = compileRoute(template);

    const values = match(path);

    expect(values).toBeUndefined();
  });

  it.each(["items/{id:isbn}", "items/{id", "items/{1d}", "items/*"])("refuses %s", (template) => {
    expect(() => compileRoute(template)).toThrow(HostError);
  });
});
