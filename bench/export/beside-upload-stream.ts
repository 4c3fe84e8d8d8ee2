import type { Figure } from "../figure.ts";
import { speedFigure } from "./beside-peer.ts";
import { type AzuriteVersion, exportStack } from "./export-stack.ts";
import { scriptCopy } from "./measured-child.ts";
import { appSide, expectedOf, peerSide } from "./sides.ts";
import { type Cost, told } from "./take-turns.ts";

const TARGET = 0.75;

/**
 * Compares an export of one data set of `bytes` with the SDK's `uploadStream` of the same bytes. Each round has a stack
 * of its own, so that the disk never holds more than two copies; the app comes last, for its zip begins when the
 * export ends, and would slow down whoever comes next.
 */
export async function besideUploadStream(options: {
  readonly bytes: number;
  readonly rounds: number;
  readonly azurite: AzuriteVersion;
  readonly onProgress: (line: string) => void;
}): Promise<Figure> {
  const { bytes, rounds, azurite, onProgress } = options;
  const [ours, theirs]: [Cost[], Cost[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    await using stack = await exportStack({ datasets: 1, bytes: [bytes], azurite });
    const expected = await expectedOf(stack);
    const script = scriptCopy(new URL("upload-stream.ts", import.meta.url), stack);
    const floor = peerSide("uploadStream", stack, { ...expected, files: 1 }, script);
    const app = appSide(stack, expected, { hasZip: false });
    for (const [side, costs] of [
      [floor, theirs],
      [app, ours],
    ] as const) {
      const cost = await side.run();
      costs.push(cost);
      onProgress(`${round}/${rounds} ${side.name}: ${told(cost)}`);
    }
  }
  const name = `export-large, Azurite ${azurite}, uploadStream`;
  return speedFigure({ name, bytes, ours, theirs }, TARGET);
}
