import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "../../../shared/errors.ts";
import { parseJson, parseShape, toPointer } from "../../../shared/providers/json.ts";
import { thrownBy } from "../../support/providers/thrown-by.ts";

describe("JSON of a source", () => {
  it.each(["", " \r\n\t"])("is null when the body is %j", (text) => {
    expect(parseJson(text)).toBeNull();
  });

  it.each(["{", "Request ID: 1", "<html>", '{"a":1}x'])("is refused when it is %j", (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: "source-invalid" }));
  });

  it("is not quoted by the error", () => {
    const error = thrownBy(() => parseJson('{"PrimaryToken":"canary"'));

    expect(error).toBeInstanceOf(AppError);
    expect(inspect(error)).not.toContain("canary");
  });

  it("may be 100 levels deep and not deeper", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

    expect(parseJson(nested(100))).toHaveLength(1);
    expect(() => parseJson(nested(101))).toThrow("deeper than 100 levels");
    expect(() => parseJson(nested(1_000_000))).toThrow("deeper than 100 levels");
  });

  it("may have four million members and items, and no more", () => {
    const list = (items: number) => `[${"0,".repeat(items - 1)}0]`;

    expect(parseJson(list(4_000_000))).toHaveLength(4_000_000);
    expect(() => parseJson(list(4_000_001))).toThrow("over 4000000 members");
    expect(parseJson(JSON.stringify(",".repeat(5_000_000)))).toHaveLength(5_000_000);
  });

  it("does not count brackets in strings, also behind escaped quotes", () => {
    const text = JSON.stringify(`\\"${"[{".repeat(500)}`);

    expect(parseJson(text)).toContain("[{[{");
  });

  it("of another shape is refused with the places and without the values", () => {
    const schema = z.object({ list: z.array(z.object({ "a/b": z.number() })) });

    const error = thrownBy(() => parseShape(schema, { list: [{ "a/b": 1 }, { "a/b": "canary" }] }));

    expect(error).toMatchObject({
      code: "source-invalid",
      findings: [{ pointer: "/list/1/a~1b", detail: "invalid_type" }],
    });
    expect(inspect(error)).not.toContain("canary");
  });

  it("is pointed to as RFC 6901 says", () => {
    expect(toPointer(["a/b", 0, "m~n", ""])).toBe("/a~1b/0/m~0n/");
    expect(toPointer([])).toBe("");
  });
});
