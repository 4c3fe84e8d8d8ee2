import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeName, UniqueNames } from "../../../shared/core/names.ts";

describe("safeName", () => {
  it.each([
    ["crm_customers_2018-04.csv", "crm_customers_2018-04.csv"],
    ['Risco "alto" / teste', "Risco _alto_ _ teste"],
    ["テレメトリ 2018", "テレメトリ 2018"],
    ["../../secrets/x", "_.._secrets_x"],
    ["..", "unnamed"],
    ["", "unnamed"],
    ["CON", "_CON"],
    ["nul.csv", "_nul.csv"],
    ["com1", "_com1"],
    ["name. . .", "name"],
    ["100%\r\nsure", "100_sure"],
    ["a\u202Efdp.exe", "a_fdp.exe"],
    ["e\u0301", "\u00e9"],
    ["-rf", "rf"],
    ["\ud800", "\ufffd"],
  ])("turns %j into %j", (text, expected) => {
    expect(safeName(text)).toBe(expected);
  });

  it("keeps the extension of a name that is too long", () => {
    const name = safeName(`${"ü".repeat(300)}.csv`);

    expect(name).toBe(`${"ü".repeat(58)}.csv`);
  });
});

const anyName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom("a", "A", ".", "/", "\\", " ", "\u0301", "é", "ß", "İ", "ı", "%", "\n"),
    maxLength: 12,
  }),
  fc.constantFrom(
    "con",
    "CON.txt",
    "..",
    ".",
    "a (2)",
    "a",
    "A",
    "a (2).csv",
    "a.csv",
    "A.CSV",
    "ſ",
    "s",
    "K",
    "k",
  ),
);

describe("UniqueNames", () => {
  it("numbers names that differ only in case or composition", () => {
    const names = new UniqueNames();

    expect(["a.csv", "A.csv", "a (2).csv", "a.csv"].map((name) => names.take(name))).toEqual([
      "a.csv",
      "A (2).csv",
      "a (2) (2).csv",
      "a (3).csv",
    ]);
  });

  it("gives safe, distinct names to anything", () => {
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 30 }), (texts) => {
        const names = new UniqueNames();
        const taken = texts.map((text) => names.take(text));

        expect(new Set(taken.map((name) => name.normalize("NFC").toLowerCase())).size).toBe(
          texts.length,
        );
        for (const name of taken) {
          expect(name).not.toMatch(/[/\\\p{Cc}%:*?"<>|]|^\.|[. ]$|^$/u);
          expect(Buffer.byteLength(name)).toBeLessThan(200);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives the same names for the same texts in the same order", () => {
    fc.assert(
      fc.property(fc.array(anyName), (texts) => {
        const [left, right] = [new UniqueNames(), new UniqueNames()];

        expect(texts.map((text) => left.take(text))).toEqual(texts.map((text) => right.take(text)));
      }),
    );
  });
});
