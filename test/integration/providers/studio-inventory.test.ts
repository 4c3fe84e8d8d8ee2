import { describe, expect, it } from "vitest";
import type { Asset } from "../../../shared/core/asset.ts";
import { collect } from "../../support/providers/collect.ts";
import {
  CHURN_ID,
  estateForFile,
  providerFor,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";

const estate = await estateForFile();

describe("the inventory of contoso-churn", () => {
  it("holds every kind that the workspace has, runs as parts of their experiments", () => {
    const counts = new Map<string, number>();
    for (const { kind } of estate.assets) counts.set(kind, (counts.get(kind) ?? 0) + 1);

    expect(Object.fromEntries(counts)).toEqual({
      "workspace-settings": 1,
      users: 1,
      project: 2,
      dataset: 14,
      "trained-model": 2,
      transform: 1,
      "custom-module": 1,
      experiment: 6,
      notebook: 1,
      gateway: 2,
      "web-service": 2,
      "web-service-endpoint": 5,
      "web-service-group": 2,
      "arm-web-service": 2,
      "commitment-plan": 1,
    });
  });

  it("holds assets of this workspace alone, each once", () => {
    const ids = estate.assets.map(({ kind, sourceId }) => `${kind} ${sourceId}`);
    const withOwner = estate.assets.filter(({ sourceId }) => /^[0-9a-f]{32}\./.test(sourceId));

    expect(new Set(ids).size).toBe(ids.length);
    expect(withOwner).toHaveLength(24);
    expect(withOwner.filter(({ sourceId }) => !sourceId.startsWith(`${CHURN_ID}.`))).toEqual([]);
  });

  it("tells of a data set what the service tells", () => {
    const crm = estate.assets.find(({ name }) => name === "CRM customers 2018-04");

    expect(crm).toMatchObject({
      kind: "dataset",
      version: "3",
      createdAt: "2018-04-02T06:30:00.000Z",
      modifiedAt: null,
    });
  });

  it("tells of an experiment what the service tells, archived ones too", () => {
    const baseline = estate.assets.find(({ name }) => name === "2016 baseline");

    expect(baseline).toMatchObject({
      kind: "experiment",
      version: expect.stringMatching(/^W\/"datetime/),
      createdAt: "2016-04-11T10:10:10.000Z",
    });
  });

  it("never lists a sample, in whatever workspace", async () => {
    const keys = ["G1", "G2", "F1", "F2", "F3", "S2", "S3", "S5"];
    const listed = await Promise.all(
      keys.map((key) =>
        collect(
          providerFor(estate.simulators, key).inventory(seededWorkspace(estate.simulators, key)),
        ),
      ),
    );

    expect(listed.map((found) => found.length)).toEqual(expect.arrayContaining([2, 427]));
    expect(listed.flat().filter(({ sourceId }) => sourceId.startsWith("50615373"))).toEqual([]);
  });

  it("understands objects with members that nobody knows", async () => {
    estate.simulators.switches.change({ extraProperties: true });

    const again = await collect(estate.provider.inventory(estate.churn));

    // Versions that are digests of a document change with it.
    const facts = (asset: Asset) => ({ ...asset, version: "" });
    expect(again.map(facts)).toEqual(estate.assets.map(facts));
  });
});
