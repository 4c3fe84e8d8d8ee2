import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../../shared/providers/redaction/redact.ts";

const redact = (text: string) => createRedactor().document(text);

describe("redaction of a document", () => {
  it("takes out every credential of a workspace's settings and nothing else", () => {
    const settings =
      '{ "FriendlyName":"contoso", "HDInsightClusterConnectionString" : "Server=x;Password=y",' +
      '"AuthorizationToken":{"PrimaryToken":"cPiIrZVf==","SecondaryToken":"9zBP4iZU=="},' +
      '"UserStorageKey":"vojKUWah==","MsIdentityCertificate":"MIIC","KeyVaultKeyIdentifier":"https:\\/\\/v"}';

    const { text, redactions } = redact(settings);

    expect(text).toBe(
      '{ "FriendlyName":"contoso", "HDInsightClusterConnectionString" : "[redacted]",' +
        '"AuthorizationToken":{"PrimaryToken":"[redacted]","SecondaryToken":"[redacted]"},' +
        '"UserStorageKey":"[redacted]","MsIdentityCertificate":"[redacted]","KeyVaultKeyIdentifier":"https:\\/\\/v"}',
    );
    expect(redactions).toEqual([
      { pointer: "/HDInsightClusterConnectionString", reason: "connection-string" },
      { pointer: "/AuthorizationToken/PrimaryToken", reason: "workspace-token" },
      { pointer: "/AuthorizationToken/SecondaryToken", reason: "workspace-token" },
      { pointer: "/UserStorageKey", reason: "storage-key" },
      { pointer: "/MsIdentityCertificate", reason: "certificate" },
    ]);
  });

  it("takes the credential of a download link and keeps 64-bit ticks, dates and blanks", () => {
    const dataset =
      '{"DownloadLocation":{"BaseUri":"https:\\/\\/s\\/","AccessCredential":"?workspaceId=1\\u0026sig=2"},' +
      '\r\n"CreatedDate":"\\/Date(1464199879696)\\/","CreatedDateTicks":635998006796960001 }\n';

    expect(redact(dataset).text).toBe(
      '{"DownloadLocation":{"BaseUri":"https:\\/\\/s\\/","AccessCredential":"[redacted]"},' +
        '\r\n"CreatedDate":"\\/Date(1464199879696)\\/","CreatedDateTicks":635998006796960001 }\n',
    );
  });

  it.each([
    "Account Key",
    "ACCOUNT KEY",
    "Password",
    "db_pwd",
    "API token",
    "Client secret",
    "Connection String",
    "connectionstring",
    "SAS URI",
    "SASUri",
    "BlobSas",
    "accountKey",
    "storage_key",
    "Workspace token",
    "User credentials",
  ])("takes the value of a parameter that is called %j", (name) => {
    const parameter = JSON.stringify({ Name: name, Value: "canary", ValueType: "Literal" });

    const { text, redactions } = redact(`{"ModuleParameters":[{"Name":"a"},${parameter}]}`);

    expect(text).not.toContain("canary");
    expect(text).toContain(name);
    expect(redactions).toEqual([
      { pointer: "/ModuleParameters/1/Value", reason: "secret-parameter" },
    ]);
  });

  it("takes the value also when it comes before its name, or is no text", () => {
    expect(redact('{"Value":"canary","Name":"Password"}').text).toBe(
      '{"Value":"[redacted]","Name":"Password"}',
    );
    expect(redact('{"Name":"PIN password","Value":4711}').text).toBe(
      '{"Name":"PIN password","Value":"[redacted]"}',
    );
    expect(redact('{"Name":"Password","Value":{"AccessCredential":"c","b":["c"]}}').text).toBe(
      '{"Name":"Password","Value":"[redacted]"}',
    );
  });

  it("takes the default value of a parameter too", () => {
    expect(redact('{"Name":"Password","HasDefaultValue":true,"DefaultValue":"c"}').text).toBe(
      '{"Name":"Password","HasDefaultValue":true,"DefaultValue":"[redacted]"}',
    );
  });

  it("takes a value once that is a secret for two reasons", () => {
    const text = '{"Name":"Password","Value":"AccountKey=vojKUWahI3J2TH=="}';

    expect(redact(text)).toEqual({
      text: '{"Name":"Password","Value":"[redacted]"}',
      redactions: [{ pointer: "/Value", reason: "secret-parameter" }],
    });
  });

  it("takes every value of a parameter that has members twice", () => {
    expect(redact('{"Name":"Password","Value":"c1","Value":"c2","Name":"x"}').text).toBe(
      '{"Name":"Password","Value":"[redacted]","Value":"[redacted]","Name":"x"}',
    );
  });

  it.each([
    ["Dissassembly mode", "kept"],
    ["Number of trees", "128"],
    ["Message", "kept"],
    ["Disaster recovery", "kept"],
    ["Join key columns", "%7B%22isFilter%22%3Atrue%2C%22rules%22%3A%5B%5D%7D"],
    ["Primary key", "customer_id"],
    ["Key column", "CustomerId2018SegmentKey"],
    ["Account key column", "account"],
    ["Tokens to keep", "the,a,an"],
    ["Token pattern", "[a-z]+"],
    ["Keyword", "vojKUWahI3J2TH"],
  ])("keeps the value of a parameter that is called %j", (name, value) => {
    const text = JSON.stringify({ Name: name, Value: value });

    expect(redact(text)).toEqual({ text, redactions: [] });
  });

  it.each(["Key", "Join key columns", "Custom tokens"])(
    "takes the value of a parameter that is called %j when it looks drawn by a machine",
    (name) => {
      const hex = "0f3c5a9be1d24c7788aa0192bb34cc56";
      const base64 = "k7Jd92mQpX0aZt4LwB8sVu1N";

      for (const value of [hex, base64, `${base64}=`]) {
        expect(redact(JSON.stringify({ Name: name, Value: value })).text).toBe(
          JSON.stringify({ Name: name, Value: "[redacted]" }),
        );
      }
    },
  );

  it("keeps null, booleans and empty values of secrets", () => {
    const text =
      '{"UserStorageKey":null,"PrimaryToken":"","SqlAzureConnectionString":false,"a":{"Name":"Key","Value":""}}';

    expect(redact(text)).toEqual({ text, redactions: [] });
  });

  it("names members in pointers as RFC 6901 says", () => {
    expect(redact('{"a/b":{"m~n":[{"PrimaryKey":"x"}]}}').redactions).toEqual([
      { pointer: "/a~1b/m~0n/0/PrimaryKey", reason: "endpoint-key" },
    ]);
  });

  it.each(["", "not JSON", '{"a":1', '{"a":1,}', "[1] // why", '{"a":"\\x"}', "[1][2]", "{'a':1}"])(
    "leaves %j, which is no JSON, as it is",
    (text) => {
      expect(redact(text)).toEqual({ text, redactions: [] });
    },
  );

  it("reads a text where JSON was expected, and takes the secrets out of it", () => {
    expect(redact("Request ID: 1, Bearer abcdef0123456789abcdef\n")).toEqual({
      text: "Request ID: 1, Bearer [redacted]\n",
      redactions: [{ pointer: "", reason: "bearer-token" }],
    });
  });

  it("refuses a document that is nested without end", () => {
    expect(() => redact("[".repeat(200_000))).toThrow("deeper than 100 levels");
  });

  it("leaves every character outside the redacted values as it was", () => {
    fc.assert(
      fc.property(documentWithSecrets(), (parts) => {
        const text = parts.map(({ plain, secret }) => plain + secret).join("");
        const expected = parts
          .map(({ plain, secret }) => plain + (secret === "" ? "" : '"[redacted]"'))
          .join("");

        expect(redact(text).text).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("does not change a text without secrets, JSON or not", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), mangledJson()), (text) => {
        expect(redact(text)).toEqual({ text, redactions: [] });
      }),
      { numRuns: 1000 },
    );
  });
});

type Part = { readonly plain: string; readonly secret: string };

/** An array document in pieces: text to keep, then a secret value or nothing. Blanks are arbitrary. */
function documentWithSecrets(): fc.Arbitrary<Part[]> {
  const blank = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
  const harmless = fc.tuple(blank, fc.jsonValue({ maxDepth: 3 }), fc.bigInt()).map(
    ([space, value, ticks]): Part => ({
      plain: `${space}[${JSON.stringify(value)},${ticks}]`,
      secret: "",
    }),
  );
  const secretValue = fc.string({ minLength: 1 }).map((value) => JSON.stringify(value));
  const member = fc
    .tuple(blank, fc.constantFrom("AccessCredential", "PrimaryToken", "xConnectionString"))
    .map(([space, name]) => `${space}{"${name}"${space}:${space}`);
  const parameter = blank.map((space) => `{"Name":"Account Key",${space}"Value":${space}`);
  const secret = fc
    .tuple(fc.oneof(member, parameter), secretValue)
    .map(([plain, value]): Part => ({ plain, secret: value }));
  return fc.array(fc.oneof(harmless, secret), { maxLength: 8 }).map(asArray);
}

function asArray(items: readonly Part[]): Part[] {
  const parts: Part[] = [{ plain: "[", secret: "" }];
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push({ plain: ",", secret: "" });
    parts.push(item);
    if (item.secret !== "") parts.push({ plain: "}", secret: "" });
  }
  return [...parts, { plain: "]", secret: "" }];
}

/** JSON with one character changed, which mostly breaks it. */
function mangledJson(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('"', "\\", ",", "}", "0", "\u0001", "\u00a0", "/"))
    .map(([text, at, character]) => {
      const index = at % text.length;
      return text.slice(0, index) + character + text.slice(index + 1);
    });
}
