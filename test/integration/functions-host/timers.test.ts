import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually, startHost, temporaryFolder } from "../../support/fixture-app/start-host.ts";

describe("timers", () => {
  const ticks = (text: string) => text.includes("[Function.tick] information tick {");

  it("keep their status over a restart and make up for a missed run", async () => {
    await using data = await temporaryFolder();
    const settings = { TICK_SCHEDULE: "0 0 3 * * *" };
    const file = join(data.path, "timers", "tick.json");
    {
      await using first = startHost({ data: data.path, settings });
      await eventually(() => ticks(first.stderr())).toBe(true);
      await eventually(() => readFile(file, "utf8").then(JSON.parse)).not.toMatchObject({
        Last: "0001-01-01T00:00:00",
      });
    }
    const days = ["2026-01-05T03:00:00.000Z", "2026-01-06T03:00:00.000Z"];
    await writeFile(file, JSON.stringify({ Last: days[0], Next: days[1], LastUpdated: days[0] }));

    await using second = startHost({ data: data.path, settings });

    await eventually(() => second.stderr()).toContain('"isPastDue":true');
    expect(second.stderr()).toContain(`"last":"${days[0]}","next":"${days[1]}"`);
  });

  it("keep no status when they are due several times a minute", async () => {
    await using data = await temporaryFolder();

    await using host = startHost({ data: data.path, settings: { TICK_SCHEDULE: "* * * * * *" } });

    await eventually(() => host.logLines('"scheduleStatus":null').length).toBeGreaterThan(2);
    expect(await readdir(data.path)).toEqual([]);
  });
});
