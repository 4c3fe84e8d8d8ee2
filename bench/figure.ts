import { median, spread } from "./statistics.ts";

/** One line of a bench's result. What was not measured is null. */
export type Figure = {
  readonly name: string;
  /** What was measured, as a share of what it is compared with. */
  readonly ratio: number | null;
  /** What the ratio has to reach, or the megabytes that the peak has to stay within. */
  readonly target: number;
  /** Null when the spread forbids an answer. */
  readonly holds: boolean | null;
  /** Interquartile range of the rounds' ratios, as a share of their median. */
  readonly spread: number | null;
  /** Processor time of the measured process for each gigabyte of message bodies. */
  readonly cpuSecondsPerGB: number | null;
  /** The most memory that the measured process ever had. */
  readonly peakRssMB: number | null;
  /** The medians behind the ratio, for people to read. */
  readonly details: Readonly<Record<string, number>>;
};

/** Above this spread a ratio says nothing. */
const MAX_SPREAD = 0.2;

/** What the rounds of one measurement came to: the same work done by two sides, in turns. */
export type Rounds = {
  readonly name: string;
  /** Round by round, what is measured and what it is compared with, in one unit. */
  readonly measured: readonly number[];
  readonly compared: readonly number[];
  /** What the ratio has to reach, given the median of `compared`. */
  readonly target: (comparedMedian: number) => number;
  /** Times have to stay within the target, rates (when left out) to reach it. */
  readonly bound?: "at-least" | "at-most";
  readonly cpuSecondsPerGB: number | null;
  readonly peakRssMB: number | null;
  /** More medians for people; their names have units. */
  readonly details?: Figure["details"];
};

/** Compares round by round, so that what slows the machine for a while slows both sides. */
export function ratioFigure(rounds: Rounds): Figure {
  const { name, measured, compared, bound = "at-least", cpuSecondsPerGB, peakRssMB } = rounds;
  const ratios = measured.map((rate, round) => rate / (compared[round] ?? Number.NaN));
  const target = rounds.target(median(compared));
  const ratioSpread = spread(ratios);
  const isSteady = ratioSpread <= MAX_SPREAD;
  const ratio = median(ratios);
  const holds = bound === "at-least" ? ratio >= target : ratio <= target;
  return {
    name,
    ratio: isSteady ? rounded(ratio) : null,
    target: rounded(target),
    holds: isSteady ? holds : null,
    spread: rounded(ratioSpread),
    cpuSecondsPerGB: cpuSecondsPerGB === null ? null : rounded(cpuSecondsPerGB),
    peakRssMB: peakRssMB === null ? null : rounded(peakRssMB),
    details: {
      measured: rounded(median(measured)),
      compared: rounded(median(compared)),
      rounds: measured.length,
      ...rounds.details,
    },
  };
}

/** Two digits behind the point. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
