import type { Redaction } from "../../core/slice.ts";
import { assertModest, isModest } from "../json.ts";
import { percentDecoded } from "./encodings.ts";
import { jsonSecrets } from "./json-secrets.ts";
import { merged, replaced, type Span } from "./span.ts";
import { knownForms, plainSecrets } from "./text-secrets.ts";

/** A document without its secrets. Every character outside the redacted values is as it was. */
export type Redacted = { readonly text: string; readonly redactions: readonly Redaction[] };

/** Takes the secrets out of documents and texts, by the same rules everywhere. */
export interface Redactor {
  /**
   * A JSON document. The text is cut by offsets and never written anew, so that 64-bit numbers, escapes, order and
   * blanks stay as received. Null, booleans and empty strings stay, since they hold no secret. A member or parameter
   * that is named as a credential loses its whole value; in any other text only the secret itself goes. A document
   * that is no JSON is read as text. Throws `source-invalid` for JSON that is nested deeper than 100 levels.
   */
  document(text: string): Redacted;
  /** A text that is no document, such as a script: the same secrets as where it stands in a document. */
  text(text: string): Redacted;
}

/** How often encodings are looked through: JSON in JSON, escapes of escapes. */
const MAX_LAYERS = 5;

/** A redactor that also takes out the `known` values, wherever they stand and however they are written. */
export function createRedactor(known: readonly string[] = []): Redactor {
  const forms = knownForms(known);
  const search = (content: string, layers: number): Span[] => {
    const inJson = layers > 0 && isJsonLike(content) && isModest(content) ? inner(content) : null;
    const found = [...(inJson ?? plainSecrets(content, forms))];
    const decoded = layers > 0 && content.includes("%") ? percentDecoded(content) : null;
    if (decoded !== null) found.push(...decoded.back(search(decoded.text, layers - 1)));
    return merged(found);

    function inner(json: string): readonly Span[] | null {
      return jsonSecrets(json, (value) => search(value, layers - 1));
    }
  };
  const asText = (text: string) => {
    const spans = search(text, MAX_LAYERS);
    return {
      text: replaced(text, spans),
      redactions: spans.map(({ reason }) => ({ pointer: "", reason })),
    };
  };
  return {
    document(text) {
      if (isJsonLike(text)) assertModest(text);
      const found = jsonSecrets(text, (value) => search(value, MAX_LAYERS));
      if (found === null) return asText(text);
      const spans = merged(found);
      return {
        text: replaced(text, spans),
        redactions: spans.map(({ pointer, reason }) => ({ pointer, reason })),
      };
    },
    text: asText,
  };
}

function isJsonLike(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
