import { memoryFigure, speedFigure } from "./export/beside-peer.ts";
import { type AzuriteVersion, exportStack } from "./export/export-stack.ts";
import { rcloneSides } from "./export/rclone.ts";
import { appSide, expectedOf } from "./export/sides.ts";
import { takeTurns } from "./export/take-turns.ts";
import type { Figure } from "./figure.ts";

/** Exports 40 data sets, the largest of `bytes`, `rounds` times, on that version of Azurite. */
export type ExportMixedOptions = {
  readonly bytes: number;
  readonly rounds: number;
  readonly azurite: AzuriteVersion;
  readonly onProgress: (line: string) => void;
};

const SPEED_TARGET = 1.2;
const MEMORY_TARGET = 0.6;

/** How many there are of which share of the largest: a few hold nearly all bytes. The smallest have 1 KB. */
const SHARES = [
  [1, 1],
  [3, 1 / 4],
  [6, 1 / 16],
  [10, 1 / 256],
  [20, 0],
] as const;
const SMALLEST_BYTES = 1024;

const RCLONE_FLAGS = ["--transfers", "4", "--azureblob-chunk-size", "8Mi"];

/** Compares an export of a few large and many small data sets with rclone, which takes no digests and keeps no record. */
export async function runExportMixed(options: ExportMixedOptions): Promise<Figure[]> {
  const { rounds, azurite, onProgress } = options;
  const sizes = SHARES.flatMap(([count, share]) =>
    Array.from({ length: count }, () =>
      Math.max(SMALLEST_BYTES, Math.floor(share * options.bytes)),
    ),
  );
  await using stack = await exportStack({ datasets: sizes.length, bytes: sizes, azurite });
  const expected = await expectedOf(stack);
  const sides = [
    appSide(stack, expected),
    ...rcloneSides(stack, expected, RCLONE_FLAGS, onProgress),
  ];
  const [ours = [], theirs = []] = await takeTurns(sides, rounds, onProgress);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const beside = { name: `export-mixed, Azurite ${azurite}`, bytes, ours, theirs };
  return [speedFigure(beside, SPEED_TARGET), memoryFigure(beside, MEMORY_TARGET)];
}
