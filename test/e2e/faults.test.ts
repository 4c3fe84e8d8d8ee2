import { describe, expect, it } from "vitest";
import { COUNTS } from "../faults/checker/finding.ts";
import { runKills } from "../faults/kill/run-kills.ts";

const KILLS = 20;
const REQUESTS = 60;
const SEED = 1;

describe("the app on the real stack, killed, paused and cut off under a mixed load", () => {
  it(`keeps every promise over ${REQUESTS} requests and ${KILLS} kills`, async () => {
    const { result, findings, defects } = await runKills({
      kills: KILLS,
      requests: REQUESTS,
      seed: SEED,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });

    expect(defects).toEqual([]);
    expect(findings).toEqual([]);
    const zeros = Object.fromEntries(COUNTS.map((count) => [count, 0]));
    expect(result).toMatchObject({ ...zeros, kills: KILLS, requests: REQUESTS, seed: SEED });
    // What was judged is there: most of the load was carried out.
    expect(result.ends["completed"]).toBeGreaterThan(REQUESTS / 2);
    expect(result.deletions).toBeGreaterThan(REQUESTS / 4);
    expect(result.packages).toBeGreaterThan(REQUESTS / 4);
  }, 600_000);
});
