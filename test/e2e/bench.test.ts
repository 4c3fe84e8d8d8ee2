import { expect, it } from "vitest";
import { figuresOf } from "../support/e2e/bench-figures.ts";

it("a large export, killed once, ends in the source's bytes, and tells its speed, its memory and what was read twice", async () => {
  const speed = ["--ratio-bytes", "8MiB", "--rounds", "1"];
  const sizes = ["--bytes", "16MiB", "--small-bytes", "4MiB", "--kills", "1"];

  expect(await figuresOf("export-large", ...speed, ...sizes)).toMatchObject([
    { target: 0.75, ratio: expect.any(Number), details: { bytes: 8 * 1024 ** 2 } },
    { target: 1.1, peakRssMB: expect.any(Number), details: { bytes: 16 * 1024 ** 2 } },
    { target: 0.05, ratio: expect.any(Number), details: { kills: 1 } },
  ]);
});

it("an export of many assets tells what one of them costs", async () => {
  const sizes = ["--assets", "40", "--few-assets", "20", "--rounds", "1"];

  expect(await figuresOf("export-many", ...sizes)).toMatchObject([
    { target: 1.2, details: { assets: 40, fewAssets: 20 } },
  ]);
});

it("deletions through ARM take simulated time, and none is left out", async () => {
  expect(await figuresOf("delete-arm", "--workspaces", "150", "--rounds", "2")).toMatchObject([
    { target: 1.15, ratio: expect.any(Number), details: { workspaces: 150, rounds: 2 } },
  ]);
});
