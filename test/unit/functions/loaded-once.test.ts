import { describe, expect, it } from "vitest";
import { loadedOnce } from "../../../functions/loaded-once.ts";

describe("a function that is loaded at its first call", () => {
  it("is loaded once, however often it is called", async () => {
    let loads = 0;
    const double = loadedOnce(async () => {
      loads += 1;
      return (number: number) => number * 2;
    });

    const results = await Promise.all([double(1), double(2)]);

    expect([...results, await double(3), loads]).toEqual([2, 4, 6, 1]);
  });

  it("is loaded again by the next call when loading it failed", async () => {
    let loads = 0;
    const answer = loadedOnce(async () => {
      loads += 1;
      if (loads === 1) throw new Error("not yet");
      return () => "here";
    });

    await expect(answer()).rejects.toThrow("not yet");
    await expect(answer()).resolves.toBe("here");
  });
});
