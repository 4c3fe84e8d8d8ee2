import { describe, expect, it } from "vitest";
import { credentialOf, signatureOf } from "../../../local/simulators/seed/derived-ids.ts";
import { createRedactor } from "../../../shared/providers/redaction/redact.ts";

const KEY = credentialOf("storagekey:S1");
const SIGNATURE = signatureOf("blob");
const TOKEN = "0f3c5a9be1d24c7788aa0192bb34cc56";
const ENCODED = encodeURIComponent(SIGNATURE);
const TWICE = encodeURIComponent(ENCODED);
const redactor = createRedactor([TOKEN, KEY]);

describe("redaction within a text", () => {
  it.each([
    [`https://x.example/b?sv=1&sig=${ENCODED}&sp=r`, "https://x.example/b?sv=1&sig=*&sp=r"],
    [`https://x.example/b?sig=${SIGNATURE}`, "https://x.example/b?sig=*"],
    [
      `?u=https%3A%2F%2Fx%2Fb%3Fsig%3D${TWICE}%26sp%3Dr`,
      "?u=https%3A%2F%2Fx%2Fb%3Fsig%3D*%26sp%3Dr",
    ],
    [`?workspaceId=1&signature=${ENCODED}&x=1`, "?workspaceId=1&signature=*&x=1"],
    [
      `AccountName=x;AccountKey=${KEY};EndpointSuffix=y`,
      "AccountName=x;AccountKey=*;EndpointSuffix=y",
    ],
    [`Endpoint=sb://x/;SharedAccessKey=${SIGNATURE}`, "Endpoint=sb://x/;SharedAccessKey=*"],
    [`AccountKey%3D${encodeURIComponent(KEY)}%3B`, "AccountKey%3D*%3B"],
    [
      "Server=x;User ID=u;Password=hunter2;Encrypt=True",
      "Server=x;User ID=u;Password=*;Encrypt=True",
    ],
    ["Password=hunter2; Server=x", "Password=*; Server=x"],
    [`read.csv("https://joe:hunter2@x.example/")`, `read.csv("https://joe:*@x.example/")`],
    [`headers = {"Authorization": "Bearer ${TOKEN}"}`, `headers = {"Authorization": "Bearer *"}`],
    [`pwd <- 'hunter2' # mine`, `pwd <- '*' # mine`],
    [`db_password = "hun\\"ter2"`, `db_password = "*"`],
    [`{"api_key": "hunter2", "n": 1}`, `{"api_key": "*", "n": 1}`],
    [`token = "ghp_0123456789abcdefghij"`, `token = "*"`],
    [`https://x/api?code=0123456789abcdef&a=b`, "https://x/api?code=*&a=b"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nend", "*\nend"],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!`, "*!"],
    [`# the key: ${credentialOf("any other")}`, "# the key: *"],
  ])("takes the secret out of %j, and nothing else", (text, expected) => {
    expect(redactor.text(text).text).toBe(expected.replaceAll("*", "[redacted]"));
  });

  it.each([
    ["as it is", TOKEN],
    ["as it is", KEY],
    ["without its padding", KEY.replace(/=+$/, "")],
    ["in base64url", KEY.replaceAll("+", "-").replaceAll("/", "_")],
    ["with escaped slashes", KEY.replaceAll("/", "\\/")],
    ["in a URL", encodeURIComponent(KEY)],
    ["in a URL in a URL", encodeURIComponent(encodeURIComponent(KEY))],
    [
      "in a URL in lower case",
      encodeURIComponent(KEY).replaceAll(/%../g, (hex) => hex.toLowerCase()),
    ],
  ])("takes a known value wherever it stands, %s: %s", (_how, form) => {
    expect(redactor.text(`a,${form},b`).text).toBe("a,[redacted],b");
    expect(redactor.document(JSON.stringify({ [`k ${form}`]: [`v ${form}`] })).text).toBe(
      '{"k [redacted]":["v [redacted]"]}',
    );
  });

  it.each([
    "sig=0.05",
    "design=blue",
    "AccountKey=",
    "assig=abcdefghijklmnopqrstuvwxyz",
    "signature=compute_the_signature(x)",
    'password = ""',
    "password = getpass()",
    'token = "the"',
    "primary_key = 'customer_id'",
    "frame %in% c('a%20b', '%zz')",
    "https://x.example/a:b@c",
    "select 1 -- 50% of AccountKey",
    "bearer of the longest unbroken documentation",
  ])("keeps a script that says %j", (script) => {
    expect(redactor.text(script)).toEqual({ text: script, redactions: [] });
  });

  it("takes the same out of a script as where the script stands in a document", () => {
    const script = `x <- 1\npassword <- "hunter2"\nurl <- "https://x/b?sig=${ENCODED}"\n`;
    const document = JSON.stringify({ Name: "R Script", Value: script, Ticks: 1 });

    const { text, redactions } = redactor.document(document);

    expect((JSON.parse(text) as { Value: string }).Value).toBe(redactor.text(script).text);
    expect(redactions).toEqual([
      { pointer: "/Value", reason: "credential" },
      { pointer: "/Value", reason: "shared-access-signature" },
    ]);
  });
});

describe("redaction of JSON within a text", () => {
  it("takes members and parameters by their names, through escapes and layers", () => {
    const inner = { PrimaryKey: 5, rules: [{ Name: "Password", Value: "hunter2" }], kept: "a/b" };
    const expected = {
      PrimaryKey: "[redacted]",
      rules: [{ Name: "Password", Value: "[redacted]" }],
      kept: "a/b",
    };
    for (const layer of [
      (value: unknown) => JSON.stringify(value),
      (value: unknown) => JSON.stringify({ text: JSON.stringify(value) }),
      (value: unknown) => JSON.stringify({ text: JSON.stringify([JSON.stringify(value)]) }),
    ]) {
      expect(redactor.document(layer(inner)).text).toBe(layer(expected));
    }
  });

  it("keeps a column picker and takes a credential out of one", () => {
    const picker = (password: string) =>
      JSON.stringify({
        Name: "Join key",
        Value: encodeURIComponent(`{"a":[1],"pwd":"${password}"}`),
      });

    const { text } = redactor.document(picker("hunter2"));

    expect(decodeURIComponent(text)).toBe(decodeURIComponent(picker("[redacted]")));
    expect(text).toContain("%7B%22a%22%3A%5B1%5D");
  });
});
