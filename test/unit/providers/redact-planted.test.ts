import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { credentialOf, hexOf, signatureOf } from "../../../local/simulators/seed/derived-ids.ts";
import { createRedactor } from "../../../shared/providers/redaction/redact.ts";
import { holdsSecret } from "../../support/providers/holds-secret.ts";

/** How many secrets a document holds. */
const PLANTED = 60;
/** Stands in a template where the secret was; no encoding changes it. */
const MARK = "MARKMARK";

type Kind = "key" | "known" | "signature" | "password";
type Secret = { readonly kind: Kind; readonly value: string };
/** Writes a text, and through what it is written into the document. */
type Template = (secret: string) => string;

const url = encodeURIComponent;
const link: Template = (secret) => `https://x.example/c/b?sv=2015-02-21&sig=${url(secret)}&sp=r`;

/** Texts in which a secret of that kind stands as people and services write it. */
const TEXTS: Readonly<Record<Kind, readonly Template[]>> = {
  key: [
    (secret) =>
      `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${secret};EndpointSuffix=y`,
    (secret) => `# key of crm-prod: ${secret}\n`,
    (secret) => `api_key <- "${secret}"\nframe <- maml.mapInputPort(1)`,
    (secret) => `Authorization: Bearer ${secret}`,
  ],
  known: [
    (secret) => secret,
    (secret) => `ws <- workspace("b577", "${secret}")`,
    (secret) => `https://x.example/api?other=1&t=${url(secret)}&z=2`,
  ],
  signature: [
    link,
    (secret) =>
      `https://x.example/api/sharedaccess?workspaceId=1&sharedAccessUri=${url(link(secret))}`,
    (secret) => `BlobEndpoint=https://x/;SharedAccessSignature=sv=2019&sig=${url(secret)}`,
    (secret) => `?workspaceId=1&signature=${url(secret)}&x=1`,
  ],
  password: [
    (secret) => `Server=tcp:x;Database=y;User ID=z;Password=${secret};Encrypt=True`,
    (secret) => `db.connect(user="u", password="${secret}")`,
    (secret) => `wasb://joe:${url(secret)}@x.example/`,
  ],
};

/** Ways in which a text stands in a document, as JSON. */
const PLACES: readonly ((text: string) => string)[] = [
  (text) => `{"Content" : ${JSON.stringify(text)},"CreatedDateTicks":635998006796960001}`,
  (text) => `{"Name":"R Script","Value":${JSON.stringify(text)}, "LinkedGlobalParameter":null}`,
  (text) => `{"Graph":{"Comment":${JSON.stringify(text).replaceAll("/", "\\/")}}}`,
  (text) => JSON.stringify({ Settings: JSON.stringify({ a: [text], n: 1 }) }),
  (text) => JSON.stringify({ Name: "Columns", Value: url(JSON.stringify({ a: text })) }),
  (text) => JSON.stringify([url(text)]),
  (text) => JSON.stringify({ [text]: "/Date(1464199879696)/" }),
  (text) =>
    JSON.stringify(text).replaceAll(/[+=&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
];

/** Members and parameters that hold nothing but a secret. */
const WHOLE: readonly Template[] = [
  (secret) => `{"AuthorizationToken":{"PrimaryToken":"${secret}"},"UserStorageKey":null}`,
  (secret) => `{"SecondaryKey": "${secret}","MaxConcurrentCalls":20}`,
  (secret) => `{"DiagnosticsConnectionString":"${secret}"}`,
  (secret) => `{"Location":{"RelativeLocation":"a/b","SasBlobToken":"${secret}"}}`,
  (secret) => `{"ValueType":"Literal","Name":"Account Key","Value":"${secret}"}`,
  (secret) => `{"Value":"${secret}","Name":"SQL password"}`,
];

describe("60 secrets in a document", () => {
  it("are all found, and everything else is as it was", () => {
    fc.assert(
      fc.property(
        fc.array(plant(), { minLength: PLANTED, maxLength: PLANTED }),
        fc.uuid(),
        (plants, salt) => {
          const secrets = plants.map(({ kind }, index) => secretOf(kind, `${salt}:${index}`));
          const known = secrets.filter(({ kind }) => kind === "known").map(({ value }) => value);
          const write = (fill: (index: number) => string) =>
            `[${plants.map(({ template, harmless }, index) => `${template(fill(index))},\r\n ${harmless}`).join(",")}]`;

          const text = write((index) => secrets[index]?.value ?? "");
          const redacted = createRedactor(known).document(text);

          expect(redacted.text).toBe(write(() => MARK).replaceAll(MARK, "[redacted]"));
          expect(redacted.redactions).toHaveLength(PLANTED);
          const { text: left } = redacted;
          expect(secrets.filter(({ value }) => holdsSecret(left, value))).toEqual([]);
          expect(secrets.filter(({ value }) => !holdsSecret(text, value))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function plant(): fc.Arbitrary<{ kind: Kind; template: Template; harmless: string }> {
  const harmless = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    fc.bigInt().map(String),
  );
  const whole = fc.record({
    kind: fc.constantFrom<Kind>("key", "known", "signature", "password"),
    template: fc.constantFrom(...WHOLE),
    harmless,
  });
  const within = fc.constantFrom<Kind>("key", "known", "signature", "password").chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      template: fc.tuple(fc.constantFrom(...TEXTS[kind]), fc.constantFrom(...PLACES)).map(
        ([text, place]): Template =>
          (secret) =>
            place(text(secret)),
      ),
      harmless,
    }),
  );
  return fc.oneof({ weight: 1, arbitrary: whole }, { weight: 3, arbitrary: within });
}

function secretOf(kind: Kind, label: string): Secret {
  switch (kind) {
    case "key":
      return { kind, value: credentialOf(label) };
    case "known":
      // Workspace tokens of the first years.
      return { kind, value: hexOf(label) };
    case "signature":
      return { kind, value: signatureOf(label) };
    case "password":
      return { kind, value: `pw-${hexOf(label, 12)}` };
  }
}
