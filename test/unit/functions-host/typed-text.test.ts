import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { typedText } from "../../../local/functions-host/typed-text.ts";

/** As the library reads text: JSON where it is some (`fromRpcTypedData` of @azure/functions). */
function readText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As the library reads what it is handed. */
function read(text: string): unknown {
  const data = typedText(text);
  if ("json" in data) return JSON.parse(data.json);
  return "string" in data ? readText(data.string) : undefined;
}

describe("typed text", () => {
  it("reads as the text itself would, whatever it is", () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.json({ maxDepth: 1 }),
      fc.uuid(),
      fc.tuple(fc.constantFrom(" ", "\n", "-", ""), fc.double()).map(([lead, x]) => `${lead}${x}`),
      fc.constantFrom("true", "null ", "\tfalse", "True", "NaN", "-Infinity", "1e5", "0x10", "007"),
    );
    const property = fc.property(texts, (text) => {
      expect(read(text)).toEqual(readText(text));
    });
    fc.assert(property);
  });

  it("is handed over in quotes where it is surely no JSON", () => {
    expect(typedText("2026-03-02T12:00:00.000Z")).toHaveProperty("json");
    expect(typedText("9ac32fb5-13a0-4e46-86d5-3798dc8f8083")).toHaveProperty("json");
    expect(typedText('{"a":1}')).toEqual({ string: '{"a":1}' });
  });
});
