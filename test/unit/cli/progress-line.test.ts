import { describe, expect, it } from "vitest";
import { formatBytes, progressLine } from "../../../cli/progress-line.ts";

describe("the progress line", () => {
  it("replaces itself on a terminal and never wraps", () => {
    const { output, written, clock } = terminal({ isTTY: true, columns: 10 });
    const line = progressLine(output, () => clock.now);

    line.show("first");
    clock.now += 100;
    line.show("0123456789abc");
    line.end();

    expect(written).toEqual(["\r\u001B[Kfirst", "\r\u001B[K012345678", "\n"]);
  });

  it("takes 80 columns when the terminal does not tell how many it has", () => {
    const { output, written, clock } = terminal({ isTTY: true, columns: 0 });

    progressLine(output, () => clock.now).show("x".repeat(100));

    expect(written).toEqual([`\r\u001B[K${"x".repeat(79)}`]);
  });

  it("writes plain lines elsewhere, at most one every two seconds, and always the last", () => {
    const { output, written, clock } = terminal({});
    const line = progressLine(output, () => clock.now);

    line.show("1 of 9");
    clock.now += 1_999;
    line.show("2 of 9");
    clock.now += 1;
    line.show("3 of 9");
    line.show("9 of 9");
    line.end();

    expect(written).toEqual(["1 of 9\n", "3 of 9\n", "9 of 9\n"]);
  });

  it("writes nothing when there was no progress", () => {
    const { output, written } = terminal({ isTTY: true });

    progressLine(output).end();

    expect(written).toEqual([]);
  });
});

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [31_610_097, "31.6 MB"],
    [2_500_000_000_000_000, "2500.0 TB"],
  ])("of %i bytes read %s", (bytes, expected) => {
    const text = formatBytes(bytes);

    expect(text).toBe(expected);
  });
});

function terminal(shape: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  return { output: { ...shape, write }, written, clock: { now: 0 } };
}
