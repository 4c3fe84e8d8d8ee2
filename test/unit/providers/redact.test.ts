import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../../shared/providers/studio-classic/redact.ts";
import { thrownBy } from "../../support/providers/thrown-by.ts";

const SIGNATURE = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE%3D";

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
    "BlobSas",
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
      redactions: [{ pointer: "/Value", reason: "account-key" }],
    });
  });

  it("takes every value of a parameter that has members twice", () => {
    expect(redact('{"Name":"Password","Value":"c1","Value":"c2","Name":"x"}').text).toBe(
      '{"Name":"Password","Value":"[redacted]","Value":"[redacted]","Name":"x"}',
    );
  });

  it.each(["Dissassembly mode", "Number of trees", "Message", "Disaster recovery"])(
    "keeps the value of a parameter that is called %j",
    (name) => {
      const text = JSON.stringify({ Name: name, Value: "kept" });

      expect(redact(text)).toEqual({ text, redactions: [] });
    },
  );

  it("keeps null, booleans and empty values of secrets", () => {
    const text =
      '{"UserStorageKey":null,"PrimaryToken":"","SqlAzureConnectionString":false,"a":{"Name":"Key","Value":""}}';

    expect(redact(text)).toEqual({ text, redactions: [] });
  });

  it.each([
    ["a link", `https://x.example/b?sv=1&sig=${SIGNATURE}`, "shared-access-signature"],
    [
      "a link within a link",
      `?u=https%3A%2F%2Fx%2Fb%3Fsv%3D1%26sig%3D${SIGNATURE}`,
      "shared-access-signature",
    ],
    ["a relay's link", `?workspaceId=1&signature=${SIGNATURE}`, "shared-access-signature"],
    ["a connection string", "AccountName=x;AccountKey=vojKUWahI3J2TH==", "account-key"],
    ["a key in a script", 'key <- "SharedAccessKey = vojKUWahI3J2TH"', "account-key"],
  ])("takes any text that holds %s", (_what, value, reason) => {
    const { text, redactions } = redact(JSON.stringify({ list: [1, value] }));

    expect(text).toBe('{"list":[1,"[redacted]"]}');
    expect(redactions).toEqual([{ pointer: "/list/1", reason }]);
  });

  it.each(["sig=0.05", "design=blue", "AccountKey=", "assig=abcdefghijklmnopqrstuvwxyz"])(
    "keeps a script that says %j",
    (value) => {
      expect(redact(JSON.stringify([value])).redactions).toEqual([]);
    },
  );

  it("names members in pointers as RFC 6901 says", () => {
    expect(redact('{"a/b":{"m~n":[{"PrimaryKey":"x"}]}}').redactions).toEqual([
      { pointer: "/a~1b/m~0n/0/PrimaryKey", reason: "endpoint-key" },
    ]);
  });

  it.each(["", "not JSON", '{"a":1', '{"a":1,}', "[1] // why", '{"a":"\\x"}', "[1][2]", "{'a':1}"])(
    "refuses %j, which is no JSON",
    (text) => {
      expect(() => redact(text)).toThrow(expect.objectContaining({ code: "source-invalid" }));
    },
  );

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

  it("accepts exactly the texts that are JSON, and does not change one without secrets", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), mangledJson()), (text) => {
        const error = thrownBy(() => JSON.parse(text));
        const redacted = error === undefined ? text : "The document is not JSON";

        expect(textOrRefusal(text)).toBe(redacted);
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

function textOrRefusal(text: string): string {
  try {
    return redact(text).text;
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}
