import { spawnSync } from "node:child_process";
import type { ExportStack } from "./export-stack.ts";
import { measuredChild } from "./measured-child.ts";
import { type Expected, peerSide } from "./sides.ts";
import type { Side } from "./take-turns.ts";

/**
 * Copies of the source's open folder by rclone, in its defaults but for `flags`: https://rclone.org/http/,
 * https://rclone.org/azureblob/. Where rclone is not installed there is no such side, and `onProgress` tells the way
 * to it.
 */
export function rcloneSides(
  stack: ExportStack,
  expected: Expected,
  flags: readonly string[],
  onProgress: (line: string) => void,
): readonly Side[] {
  if (!isRcloneThere()) {
    onProgress(
      "rclone is not installed, so its side is left out. On Debian: apt-get install rclone",
    );
    return [];
  }
  const { sourceFolder, caFile } = stack;
  const copy = ({ name, url }: { readonly name: string; readonly url: string }) =>
    measuredChild("rclone", [
      "copy",
      ":http:",
      `:azureblob:${name}`,
      `--http-url=${sourceFolder}`,
      `--azureblob-sas-url=${url}`,
      `--ca-cert=${caFile}`,
      // No settings of whoever runs this.
      "--config=",
      ...flags,
    ]);
  return [peerSide("rclone", stack, expected, copy)];
}

/** Whether the program can be run. */
export function isRcloneThere(): boolean {
  return spawnSync("rclone", ["version"], { stdio: "ignore" }).status === 0;
}
