import { speedFigure } from "./export/beside-peer.ts";
import { type AzuriteVersion, exportStack } from "./export/export-stack.ts";
import { scriptCopy } from "./export/measured-child.ts";
import { rcloneSides } from "./export/rclone.ts";
import { appSide, expectedOf, peerSide } from "./export/sides.ts";
import { takeTurns } from "./export/take-turns.ts";
import type { Figure } from "./figure.ts";

/** Exports `assets` data sets of `assetBytes`, `rounds` times, on that version of Azurite. */
export type ExportSmallOptions = {
  readonly assets: number;
  readonly assetBytes: number;
  readonly rounds: number;
  readonly azurite: AzuriteVersion;
  /** The source's answers begin so late; 0 as the machine lets them. */
  readonly sourceDelayMs: number;
  readonly onProgress: (line: string) => void;
};

const RCLONE_TARGET = 1.5;
const SERIAL_TARGET = 10;

const RCLONE_FLAGS = ["--transfers", "32"];

/** Compares an export of many small data sets with a loop that copies one file after the other, and with rclone. */
export async function runExportSmall(options: ExportSmallOptions): Promise<Figure[]> {
  const { assets, assetBytes, rounds, azurite, sourceDelayMs, onProgress } = options;
  await using stack = await exportStack({ datasets: assets, bytes: [assetBytes], azurite });
  if (sourceDelayMs > 0) await stack.delaySource(sourceDelayMs);
  const expected = await expectedOf(stack);
  const loop = scriptCopy(new URL("export/serial-loop.ts", import.meta.url), stack);
  const sides = [
    appSide(stack, expected),
    peerSide("serial loop", stack, expected, loop),
    ...rcloneSides(stack, expected, RCLONE_FLAGS, onProgress),
  ];
  const [ours = [], serial = [], rclone = []] = await takeTurns(sides, rounds, onProgress);
  const delayed = sourceDelayMs > 0 ? `, ${sourceDelayMs} ms from the source` : "";
  const beside = {
    name: `export-small, Azurite ${azurite}${delayed}`,
    bytes: assets * assetBytes,
    ours,
  };
  return [
    speedFigure({ ...beside, name: `${beside.name}, rclone`, theirs: rclone }, RCLONE_TARGET),
    speedFigure({ ...beside, name: `${beside.name}, serial loop`, theirs: serial }, SERIAL_TARGET),
  ];
}
