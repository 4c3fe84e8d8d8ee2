import { describe, expect, it } from "vitest";
import { createMemory } from "../../../shared/providers/memory.ts";
import { memoryClock } from "../../support/memory/clock.ts";

describe("the memory of what was read", () => {
  it("reads once for many callers, and again when the time is over or it is told to forget", async () => {
    const clock = memoryClock();
    const memory = createMemory(clock, 60_000, 10);
    let reads = 0;
    const read = () => memory.recall("key", async () => (reads += 1));

    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    clock.advance(59_999);
    expect(await read()).toBe(1);
    clock.advance(1);
    expect(await read()).toBe(2);
    memory.forget("key");
    expect(await read()).toBe(3);
  });

  it("keeps no failure", async () => {
    const memory = createMemory(memoryClock(), 60_000, 10);
    const failing = memory.recall("key", () => Promise.reject(new Error("away")));

    await expect(failing).rejects.toThrow("away");
    expect(await memory.recall("key", async () => "read")).toBe("read");
  });

  it("holds so many things, and forgets the oldest first", async () => {
    const memory = createMemory(memoryClock(), 60_000, 2);
    for (const key of ["a", "b", "c"]) await memory.recall(key, async () => key);

    expect(await memory.recall("c", async () => "again")).toBe("c");
    expect(await memory.recall("a", async () => "again")).toBe("again");
  });
});
