import fc from "fast-check";

/** Names as users, and those who mean harm, may give them. */

const AWKWARD = [
  "..",
  ".",
  "",
  "../../etc/passwd",
  "..\\..\\windows\\system32",
  "/etc/passwd",
  "C:\\x",
  "con",
  "CON.txt",
  "nul .csv",
  "COM1",
  "lpt9.log",
  "a",
  "A",
  "ſ",
  "s",
  "straße",
  "STRASSE",
  "é",
  "e\u0301",
  "a (2)",
  "a (2).csv",
  "a.csv",
  "A.CSV",
  "trailing. . .",
  " leading",
  "-rf",
  "~",
  "$HOME",
  "100%",
  "%2e%2e%2f",
  "tab\tnew\nline\r",
  "nul\0byte",
  "\u202efdp.exe",
  "\u200b",
  "\ufeff",
  "👨‍👩‍👧.csv",
  "İstanbul",
  "data",
  "manifest-sha256.txt",
];

/** One name: awkward ones often enough to clash, any Unicode, up to 300 characters, parts of paths. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ unit: "grapheme", minLength: 250, maxLength: 300 }).map((text) => `${text}.parquet`),
  fc.string({
    unit: fc.constantFrom("a", "A", ".", "/", "\\", " ", "\u0301", "é", "ß", "İ", "ı", "%", "\n"),
    maxLength: 12,
  }),
  fc
    .tuple(fc.constantFrom(...AWKWARD), fc.constantFrom(...AWKWARD))
    .map(([left, right]) => `${left}/${right}`),
);
