import { describe, expect, it } from "vitest";
import { ticksOf, toWireJson, wireDate } from "../../../local/simulators/studio/wire-json.ts";

describe("toWireJson", () => {
  it("escapes the slashes of dates and of nothing else", () => {
    const value = { at: wireDate(1464199879696), name: 'a/b "c" /Date(1)/ d' };

    const text = toWireJson(value, { extraProperties: false });

    expect(text).toBe(String.raw`{"at":"\/Date(1464199879696)\/","name":"a/b \"c\" /Date(1)/ d"}`);
    expect(JSON.parse(text)).toEqual(value);
  });

  it("writes ticks as numbers that no double can hold", () => {
    const ticks = ticksOf(Date.parse("2018-04-02T06:30:00Z"), 1234);

    const text = toWireJson({ ticks }, { extraProperties: false });

    expect(text).toBe('{"ticks":636582474000001234}');
  });

  it("adds a property to every object, but not to arrays, when asked", () => {
    const text = toWireJson([{ a: { b: [1] } }], { extraProperties: true });

    expect(text).toBe('[{"a":{"b":[1],"UnknownProperty":"new"},"UnknownProperty":"new"}]');
  });
});
