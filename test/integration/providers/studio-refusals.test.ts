import { describe, expect, it } from "vitest";
import type { WorkspaceKeys } from "../../../shared/providers/studio-classic/with-key.ts";
import { collect } from "../../support/providers/collect.ts";
import {
  CHURN_ID,
  estateForFile,
  failOn,
  providerFor,
  seededKeys,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";

const GONE = {
  kind: "dataset",
  sourceId: `${CHURN_ID}.f-id.${"0".repeat(32)}`,
  name: "",
  version: "",
  bytes: 0,
  createdAt: null,
  modifiedAt: null,
} as const;

const estate = await estateForFile();

describe("the service's refusals", () => {
  it("of a token lead to a fresh one", async () => {
    const stale = staleKeys("S1", 1);

    const found = await collect(
      providerFor(estate.simulators, "S1", stale).inventory(estate.churn),
    );

    expect(found).toHaveLength(43);
    expect(stale.dropped()).toBe(1);
  });

  it("of every token are a denial", async () => {
    const found = collect(
      providerFor(estate.simulators, "S1", staleKeys("S1", 9)).inventory(estate.churn),
    );

    await expect(found).rejects.toMatchObject({ code: "workspace-denied" });
  });

  it("of an expired guest are a denial", async () => {
    const found = collect(
      providerFor(estate.simulators, "G3").inventory(seededWorkspace(estate.simulators, "G3")),
    );

    await expect(found).rejects.toMatchObject({ code: "workspace-denied" });
  });

  it.each(["dataset", "experiment"] as const)("of a %s that is gone say so", async (kind) => {
    const gone = { ...GONE, kind };

    const files = collect(estate.provider.files(estate.churn, gone));

    await expect(files).rejects.toMatchObject({ code: "asset-not-found" });
  });

  it.each(["2018", "2015", "lower-case", "empty"] as const)(
    "are understood by their status in the error form %s",
    async (errorForm) => {
      estate.simulators.switches.change({ errorForm });

      const found = collect(
        providerFor(estate.simulators, "S1", staleKeys("S1", 9)).inventory(estate.churn),
      );

      await expect(found).rejects.toMatchObject({ code: "workspace-denied" });
    },
  );

  it("to hurry carry the wait that is asked for", async () => {
    failOn(estate, "studio", "datasources", { status: 429, headers: { "retry-after": "3" } });

    const found = collect(estate.provider.inventory(estate.churn));

    await expect(found).rejects.toMatchObject({ code: "source-throttled", retryAfterMs: 3000 });
  });

  it("that pass are mended by another try", async () => {
    failOn(estate, "studio", "datasources$", { status: 503 });
    failOn(estate, "studio", "experiments", { reset: true });

    const found = await collect(estate.provider.inventory(estate.churn));

    expect(found).toEqual(estate.assets);
  });
});

/** Keys of which the first ones are wrong. */
function staleKeys(key: string, stale: number): WorkspaceKeys & { dropped(): number } {
  let dropped = 0;
  return {
    keyOf: (workspace) =>
      dropped < stale ? Promise.resolve("stale") : seededKeys(key).keyOf(workspace),
    drop: () => {
      dropped += 1;
    },
    dropped: () => dropped,
  };
}
