import { expect, it } from "vitest";
import { createMovableClock } from "../../../local/service-bus/control/movable-clock.ts";
import { ManualClock } from "./manual-clock.ts";

it("runs with its base and is moved on besides", () => {
  const base = new ManualClock(0);
  const clock = createMovableClock(base);

  base.advance(5);
  clock.advance(100);

  expect(clock.now()).toBe(105);
});

it("calls back at its own time, once, unless the call is cancelled", () => {
  const base = new ManualClock(0);
  const clock = createMovableClock(base);
  const called: string[] = [];
  clock.callAt(100, () => called.push("a"));
  clock.callAt(150, () => called.push("b"));
  const cancel = clock.callAt(120, () => called.push("never"));

  clock.advance(60);
  base.advance(39);
  const early = [...called];
  cancel();
  base.advance(1);
  const first = [...called];
  clock.advance(1000);
  base.advance(1);

  expect([early, first, called]).toEqual([[], ["a"], ["a", "b"]]);
});
