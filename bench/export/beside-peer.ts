import { type Figure, ratioFigure, rounded } from "../figure.ts";
import { median } from "../statistics.ts";
import type { Cost } from "./take-turns.ts";

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;

/** The same work done by the app and by a peer, in turns; `theirs` is empty where the peer could not be run. */
export type BesidePeer = {
  readonly name: string;
  readonly bytes: number;
  readonly ours: readonly Cost[];
  readonly theirs: readonly Cost[];
};

/** How many times as fast as the peer. Rates are megabytes a second. */
export function speedFigure(side: BesidePeer, target: number): Figure {
  const { name, bytes, ours, theirs } = side;
  const rate = ({ seconds }: Cost) => bytes / MEGABYTE / seconds;
  return figureOf({ ...side, name: `${name}: speed` }, target, "at-least", rate, {
    seconds: rounded(median(ours.map(({ seconds }) => seconds))),
    comparedSeconds: rounded(median(theirs.map(({ seconds }) => seconds))),
    comparedCpuSecondsPerGB: rounded(cpuSecondsPerGB(theirs, bytes)),
  });
}

/** The peak of the app's process as a share of the peer's. */
export function memoryFigure(side: BesidePeer, target: number): Figure {
  const named = { ...side, name: `${side.name}: peak memory` };
  return figureOf(named, target, "at-most", ({ peakRssMB }) => peakRssMB, {});
}

function figureOf(
  { name, bytes, ours, theirs }: BesidePeer,
  target: number,
  bound: "at-least" | "at-most",
  valueOf: (cost: Cost) => number,
  details: Figure["details"],
): Figure {
  const figure = ratioFigure({
    name,
    measured: ours.map(valueOf),
    compared: theirs.map(valueOf),
    target: () => target,
    bound,
    cpuSecondsPerGB: cpuSecondsPerGB(ours, bytes),
    peakRssMB: Math.max(...ours.map(({ peakRssMB }) => peakRssMB)),
    details: { bytes, ...details },
  });
  return theirs.length > 0 ? figure : { ...figure, ratio: null, holds: null, spread: null };
}

function cpuSecondsPerGB(costs: readonly Cost[], bytes: number): number {
  return median(costs.map(({ cpuSeconds }) => cpuSeconds)) / (bytes / GIGABYTE);
}
