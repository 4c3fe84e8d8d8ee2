import { describe, expect, it } from "vitest";
import { ratioFigure } from "../../../bench/figure.ts";
import { quantile, spread } from "../../../bench/statistics.ts";

function figure(measured: readonly number[], compared: readonly number[]) {
  const target = () => 0.5;
  const rounds = { name: "n", measured, compared, target, cpuSecondsPerGB: 1, peakRssMB: 2 };
  return ratioFigure(rounds);
}

describe("a figure", () => {
  it("compares round by round, so that a slow machine slows both sides", () => {
    expect(figure([60, 6, 600], [100, 10, 1000])).toMatchObject({
      ratio: 0.6,
      spread: 0,
      holds: true,
    });
  });

  it("says that a target is missed", () => {
    expect(figure([40, 41, 42], [100, 100, 100])).toMatchObject({ ratio: 0.41, holds: false });
  });

  it("holds while a time stays within its target", () => {
    const rounds = { name: "n", target: () => 1.5, bound: "at-most" as const, peakRssMB: 2 };
    const times = { measured: [14, 15, 14], compared: [10, 10, 10], cpuSecondsPerGB: null };

    expect(ratioFigure({ ...rounds, ...times })).toMatchObject({ ratio: 1.4, holds: true });
    expect(ratioFigure({ ...rounds, ...times, target: () => 1.3 })).toMatchObject({ holds: false });
  });

  it("has no ratio when the rounds disagree by more than a fifth", () => {
    expect(figure([30, 60, 90, 120], [100, 100, 100, 100])).toMatchObject({
      ratio: null,
      holds: null,
      spread: 0.6,
    });
  });
});

it("takes quantiles between values", () => {
  expect([quantile([4, 1, 3, 2], 0.5), quantile([1, 2, 3, 4, 5], 0.25), spread([1, 1, 1])]).toEqual(
    [2.5, 2, 0],
  );
});
