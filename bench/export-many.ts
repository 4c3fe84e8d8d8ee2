import { exportStack } from "./export/export-stack.ts";
import { type Figure, rounded } from "./figure.ts";
import { median, spread } from "./statistics.ts";

/** Exports a workspace of `assets` and one of `fewAssets`, in turns. */
export type ExportManyOptions = {
  readonly assets: number;
  readonly fewAssets: number;
  readonly assetBytes: number;
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
};

/** An asset of a large workspace may cost so much more than one of a small workspace. */
const TARGET = 1.2;

const MAX_SPREAD = 0.2;
const GIGABYTE = 1e9;

type Cost = { readonly seconds: number; readonly cpuSeconds: number; readonly peakRssMB: number };

/** Compares the time that an asset takes, from the submission to the sealed package. */
export async function runExportMany(options: ExportManyOptions): Promise<Figure[]> {
  const { assets, fewAssets, assetBytes, rounds, onProgress } = options;
  const [many, few]: [Cost[], Cost[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [count, costs] of [
      [fewAssets, few],
      [assets, many],
    ] as const) {
      const cost = await exportAll(count, assetBytes);
      costs.push(cost);
      const [milliseconds, cpu] = [perAsset(cost.seconds, count), perAsset(cost.cpuSeconds, count)];
      onProgress(
        `${round}/${rounds} ${count} assets: ${milliseconds} ms each, ${cpu} ms of processor time, peak ${rounded(cost.peakRssMB)} MB`,
      );
    }
  }
  return [figureOf(options, many, few)];
}

async function exportAll(datasets: number, bytes: number): Promise<Cost> {
  await using stack = await exportStack({ datasets, bytes: [bytes] });
  const before = stack.usage().cpuSeconds;
  const startedMs = performance.now();
  const id = await stack.submit();
  await stack.untilEnded(id);
  const seconds = (performance.now() - startedMs) / 1000;
  const { cpuSeconds, peakRssMB } = stack.usage();
  return { seconds, cpuSeconds: cpuSeconds - before, peakRssMB };
}

function figureOf(
  { assets, fewAssets, assetBytes, rounds }: ExportManyOptions,
  many: readonly Cost[],
  few: readonly Cost[],
): Figure {
  const ratios = many.map(
    ({ seconds }, round) => seconds / assets / ((few[round]?.seconds ?? Number.NaN) / fewAssets),
  );
  const ratio = median(ratios);
  const ratioSpread = spread(ratios);
  const isSteady = ratioSpread <= MAX_SPREAD;
  const cpuSeconds = median(many.map((cost) => cost.cpuSeconds));
  return {
    name: "export-many: time of an asset, many beside few",
    ratio: isSteady ? rounded(ratio) : null,
    target: TARGET,
    holds: isSteady ? ratio <= TARGET : null,
    spread: rounded(ratioSpread),
    cpuSecondsPerGB: rounded(cpuSeconds / ((assets * assetBytes) / GIGABYTE)),
    peakRssMB: rounded(Math.max(...many.map(({ peakRssMB }) => peakRssMB))),
    details: {
      assets,
      fewAssets,
      rounds,
      millisecondsPerAsset: perAsset(median(many.map(({ seconds }) => seconds)), assets),
      millisecondsPerAssetOfFew: perAsset(median(few.map(({ seconds }) => seconds)), fewAssets),
      processorMillisecondsPerAsset: perAsset(cpuSeconds, assets),
      fewPeakRssMB: rounded(Math.max(...few.map(({ peakRssMB }) => peakRssMB))),
    },
  };
}

function perAsset(seconds: number, assets: number): number {
  return rounded((seconds * 1000) / assets);
}
