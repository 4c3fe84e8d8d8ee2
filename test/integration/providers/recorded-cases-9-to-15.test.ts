import { describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import { collect, collectFiles } from "../../support/providers/collect.ts";
import {
  assetNamed,
  directoryOn,
  estateForFile,
  failOn,
  providerFor,
  providerWith,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const HOUR_MS = 60 * 60 * 1000;

const estate = await estateForFile();

describe("the cases that the record suggests", () => {
  it("9: exports a workspace whose deletion is locked", async () => {
    const directory = directoryOn(estate.simulators);
    const locked = await directory.find({ by: "workspace-id", workspaceId: FABRIKAM });
    const provider = providerWith(estate.simulators, directory);

    const assets = await collect(provider.inventory(locked));

    expect(assets.map(({ name }) => name)).toContain("テレメトリ 2018");
  });

  it("10: says of a workspace behind a ReadOnly lock that its key cannot be had", async () => {
    const directory = directoryOn(estate.simulators);
    const locked = await directory.find({ by: "workspace-id", workspaceId: WINGTIP });

    const assets = collect(providerWith(estate.simulators, directory).inventory(locked));

    await expect(assets).rejects.toMatchObject({
      code: "workspace-locked",
      message: "A resource lock keeps the workspace's key from us",
    });
  });

  it("11: waits for no state, known or not, before it exports", async () => {
    estate.simulators.switches.change({ polls: 3, unknownFinalStatus: "Paused" });

    expect(await filesOf("Movies")).toHaveLength(2);
    expect(await filesOf("Grid search")).not.toEqual([]);
  });

  it.each([
    ["204", { status: 204 }],
    ["an empty body", { status: 200 }],
    ["null", { status: 200, body: null }],
  ])("12: takes %s for an empty list", async (_what, action) => {
    failOn(estate, "studio", "/gateways$", action);

    const assets = await collect(estate.provider.inventory(estate.churn));

    expect(assets).toHaveLength(estate.assets.length - 2);
  });

  it("12: takes a text for no list, and for no reason to leave out what is there", async () => {
    failOn(estate, "studio", "/gateways$", { status: 200, body: "Request ID: 1 2015-11-24Z" });

    const assets = collect(estate.provider.inventory(estate.churn));

    await expect(assets).rejects.toMatchObject({ code: "source-invalid" });
  });

  it("13: goes on beyond 2 GiB into a file, whose bytes are never held", async () => {
    const sizeBytes = 2 ** 31 + 1_000_000;
    await using simulators = await startTestSimulators({ largeDatasetBytes: sizeBytes });
    const churn = seededWorkspace(simulators, "S1");
    const provider = providerFor(simulators, "S1");
    const large = (await collect(provider.inventory(churn))).find(
      ({ bytes }) => bytes === sizeBytes,
    );
    if (large === undefined) throw new Error("there is no large data set");
    const files = await collectFiles(provider.files(churn, large));
    const content = files.find(({ key }) => key === "content");

    const start = await content?.open();
    const iterator = start?.body[Symbol.asyncIterator]();
    const first = await iterator?.next();
    await iterator?.return?.();
    const end = await content?.open({ offset: 2 ** 31, tag: start?.tag ?? "" });
    const rest = end === undefined ? [] : await collect(end.body);

    expect(first?.value?.length).toBeLessThan(1_000_000);
    expect(end).toMatchObject({ offset: 2 ** 31, totalBytes: sizeBytes });
    expect(rest.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(1_000_000);
  });

  it("14: exports the same twice", async () => {
    const first = await filesOf("Churn - training");
    const second = await filesOf("Churn - training");

    const facts = (files: typeof first) =>
      files.map(({ key, path, bytes, redactions }) => ({ key, path, bytes, redactions }));
    expect(facts(second)).toEqual(facts(first));
  });

  it.each(["401", "403", "404"] as const)(
    "15: stops with a clear message when a guest's answers turn to %s",
    async (guestExpiry) => {
      const moving = createMovableClock();
      await using simulators = await startTestSimulators({ clock: moving });
      simulators.switches.change({ guestExpiry });
      const guest: Workspace = { ...seededWorkspace(simulators, "G2"), accountType: "guest" };
      const provider = providerFor(simulators, "G2");
      const assets = await collect(provider.inventory(guest));
      const survey = assetNamed(assets, "Customer survey May");
      const files = await collectFiles(provider.files(guest, survey));

      moving.advance(HOUR_MS);

      const expired = {
        code: "guest-workspace-expired",
        message: expect.stringContaining("8 hours"),
      };
      await expect(collect(provider.inventory(guest))).rejects.toMatchObject(expired);
      await expect(collect(provider.files(guest, survey))).rejects.toMatchObject(expired);
      await expect(files.at(-1)?.open()).rejects.toMatchObject(expired);
    },
  );
});

const FABRIKAM = "b564f5924128ad0c6aeb3ef27498694f";
const WINGTIP = "585c5a4bd74898f0c8041ecca5618b1a";

async function filesOf(name: string) {
  return collectFiles(estate.provider.files(estate.churn, assetNamed(estate.assets, name)));
}
