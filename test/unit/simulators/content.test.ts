import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { bytesContent, generatedContent } from "../../../local/simulators/estate/content.ts";

describe("generated content", () => {
  it("is the same on every reading", async () => {
    const first = await buffer(generatedContent("a", 100_000).open({ first: 0, last: 99_999 }));
    const second = await buffer(generatedContent("a", 100_000).open({ first: 0, last: 99_999 }));

    expect(first).toHaveLength(100_000);
    expect(first.equals(second)).toBe(true);
  });

  it.each([
    [0, 0],
    [15, 16],
    [65_535, 65_537],
    [70_001, 99_999],
  ])("reads bytes %i to %i as the whole has them", async (first, last) => {
    const content = generatedContent("a", 100_000);
    const whole = await buffer(content.open({ first: 0, last: 99_999 }));

    const part = await buffer(content.open({ first, last }));

    expect(part.equals(whole.subarray(first, last + 1))).toBe(true);
  });

  it("reads beyond four gigabytes at once", async () => {
    const content = generatedContent("a", 6_000_000_000_000);

    const part = await buffer(content.open({ first: 5_999_999_999_990, last: 5_999_999_999_999 }));

    expect(part).toHaveLength(10);
  });

  it("has another entity tag when its bytes differ", () => {
    expect(generatedContent("a", 10).etag).not.toBe(generatedContent("b", 10).etag);
    expect(bytesContent(Buffer.from("a")).etag).not.toBe(bytesContent(Buffer.from("b")).etag);
  });
});
