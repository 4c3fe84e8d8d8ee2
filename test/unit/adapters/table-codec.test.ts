import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeBody, encodeBody, tableKey } from "../../../shared/adapters/table-codec.ts";

describe("the body of a table row", () => {
  it("brings back every value, in properties that the service takes", () => {
    const text = fc.string({ unit: "binary", maxLength: 40_000 });
    const value = fc.record({ text, list: fc.array(fc.string({ unit: "grapheme" })) });
    const schema = z.object({ text: z.string(), list: z.array(z.string()) });

    fc.assert(
      fc.property(value, (original) => {
        const body = encodeBody(original);

        const parts = Object.values(body);
        expect(parts.every((part) => part.length <= 30_000 && part.isWellFormed())).toBe(true);
        expect(decodeBody(schema, body)).toEqual(original);
      }),
      { numRuns: 200 },
    );
  });

  it("does not part a character that needs two units at the end of a property", () => {
    // A quote and 29,998 letters: the fox takes the units 29,999 and 30,000 (counted from 0).
    const value = `${"a".repeat(29_998)}🦊`;

    const { body0, body1 } = encodeBody(value);

    expect(body0).toBe(`"${"a".repeat(29_998)}`);
    expect(body1).toBe('🦊"');
  });

  it("refuses what is larger than a row", () => {
    const fits = "a".repeat(515_000);
    const tooLarge = "a".repeat(520_000);

    expect(Object.keys(encodeBody(fits))).toHaveLength(18);
    expect(() => encodeBody(tooLarge)).toThrow(expect.objectContaining({ code: "internal" }));
  });

  it("names the field that is wrong and not its value", () => {
    const body = encodeBody({ requestId: "secret" });
    const schema = z.object({ requestId: z.int(), state: z.string() });

    const decode = () => decodeBody(schema, body);

    expect(decode).toThrow("A stored record cannot be understood: requestId, state");
  });

  it.each([{}, { body0: "{" }, { body0: 7 }])("refuses the row %j", (row) => {
    expect(() => decodeBody(z.object({}), row)).toThrow(
      expect.objectContaining({ code: "internal" }),
    );
  });
});

describe("the key of a table row", () => {
  it("may hold instants and ids", () => {
    expect(tableKey("2026-01-15T08:00:00.000Z-0f")).toBe("2026-01-15T08:00:00.000Z-0f");
  });

  it.each(["", "a/b", "a\\b", "a#b", "a?b", "a\nb", "a'b", "ä", "a".repeat(501)])(
    "may not be %j",
    (key) => {
      expect(() => tableKey(key)).toThrow(expect.objectContaining({ code: "internal" }));
    },
  );
});
