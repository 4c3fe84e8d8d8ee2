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
  expect(await figuresOf("delete-arm", "--workspaces", "110", "--rounds", "1")).toMatchObject([
    { target: 1.15, ratio: expect.any(Number), details: { workspaces: 110, rounds: 1 } },
  ]);
});

it("a function on a queue takes every message once, as a bare receiver does", async () => {
  expect(await figuresOf("queue", "--messages", "200", "--rounds", "1")).toMatchObject([
    { target: 0.7, peakRssMB: expect.any(Number), details: { messages: 200, rounds: 1 } },
  ]);
});

it("the intake accepts requests that are found later, all of them", async () => {
  const sizes = ["--requests", "64", "--rounds", "1", "--connections", "8"];

  expect(await figuresOf("intake", ...sizes)).toMatchObject([
    { target: 0.7, details: { requests: 64, connections: 8 } },
    { target: 3, details: { requests: 64, connections: 8 } },
  ]);
});

it("the app's load is told beside that of its bare entry, for the whole and for the intake", async () => {
  expect(await figuresOf("cold-start", "--rounds", "1", "--loads", "1")).toMatchObject([
    { target: 4, peakRssMB: expect.any(Number), details: { functions: expect.any(Number) } },
    { target: 2, peakRssMB: expect.any(Number), details: { functions: expect.any(Number) } },
  ]);
});

it("a filtered page of the list is the same as what the table has, and its time is told", async () => {
  const sizes = ["--requests", "300", "--pages", "5", "--rounds", "1"];

  expect(await figuresOf("list", ...sizes)).toMatchObject([
    { target: 1.5, details: { requests: 300, pages: 5 } },
  ]);
});
