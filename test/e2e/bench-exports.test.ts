import { describe, expect, it } from "vitest";
import { isRcloneThere } from "../../bench/export/rclone.ts";
import { figuresOf } from "../support/e2e/bench-figures.ts";

/** A bench throws when a side has not stored the source's bytes, so that figures mean that all have. */

const anyNumber = expect.any(Number);
const NEEDS_RCLONE = "(skipped where rclone is not installed: apt-get install rclone)";

describe("an export of mixed sizes", async () => {
  const [speed, memory] = await figuresOf("export-mixed", "--bytes", "2MiB", "--rounds", "1");

  it("tells what it took, whether or not there is a peer", () => {
    expect(speed).toMatchObject({ target: 1.2, cpuSecondsPerGB: anyNumber, peakRssMB: anyNumber });
    expect(memory).toMatchObject({ target: 0.6, details: { measured: anyNumber } });
  });

  it.skipIf(!isRcloneThere())(`is compared with rclone ${NEEDS_RCLONE}`, () => {
    expect(speed).toMatchObject({ ratio: anyNumber, details: { comparedSeconds: anyNumber } });
    expect(memory).toMatchObject({ ratio: anyNumber });
  });
});

describe("an export of small assets", async () => {
  const sizes = ["--assets", "20", "--rounds", "1", "--source-delay-ms", "5"];
  const [rclone, serial] = await figuresOf("export-small", ...sizes);

  it("is compared with a loop that copies one after the other", () => {
    expect(serial).toMatchObject({ target: 10, ratio: anyNumber, details: { bytes: 20 * 8192 } });
    expect(serial).toHaveProperty("name", expect.stringContaining("5 ms from the source"));
  });

  it.skipIf(!isRcloneThere())(`is compared with rclone ${NEEDS_RCLONE}`, () => {
    expect(rclone).toMatchObject({ target: 1.5, ratio: anyNumber });
  });
});

it("an export that is killed ends in the source's bytes, and tells what that took", async () => {
  const sizes = ["--datasets", "2", "--bytes", "8MiB", "--rounds", "1"];
  const kills = ["--kill-every-ms", "500", "--kills", "1"];

  expect(await figuresOf("resume", ...sizes, ...kills)).toMatchObject([
    { target: 1.35, ratio: anyNumber, details: { datasets: 2 } },
    { target: 0.05, ratio: anyNumber },
  ]);
});
