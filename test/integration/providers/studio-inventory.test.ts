import { describe, expect, it } from "vitest";
import { collect } from "../../support/providers/collect.ts";
import {
  CHURN_ID,
  estateForFile,
  providerFor,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";

const estate = await estateForFile();

describe("the inventory of contoso-churn", () => {
  it("holds the account, the latest data sets, and every experiment with its older runs", () => {
    const count = (kind: string) => estate.assets.filter((asset) => asset.kind === kind).length;

    expect(count("workspace-settings")).toBe(1);
    expect(count("users")).toBe(1);
    expect(count("dataset")).toBe(14);
    expect(count("experiment")).toBe(8);
  });

  it("holds assets of this workspace alone, each once", () => {
    const ids = estate.assets.slice(2).map(({ sourceId }) => sourceId);

    expect(ids.filter((id) => !id.startsWith(`${CHURN_ID}.`))).toEqual([]);
    expect(new Set(ids).size).toBe(22);
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

    expect(listed.map((found) => found.length)).toEqual(expect.arrayContaining([2, 312]));
    expect(listed.flat().filter(({ sourceId }) => sourceId.startsWith("50615373"))).toEqual([]);
  });

  it("understands objects with members that nobody knows", async () => {
    estate.simulators.switches.change({ extraProperties: true });

    const again = await collect(estate.provider.inventory(estate.churn));

    expect(again.slice(2)).toEqual(estate.assets.slice(2));
  });
});
