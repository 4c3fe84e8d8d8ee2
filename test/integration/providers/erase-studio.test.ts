import { describe, expect, it } from "vitest";
import { hexOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import { allowed, armAsset } from "../../support/providers/arm-to-erase.ts";
import {
  callLines,
  estateForEachTest,
  listedAsset,
  listedAssets,
} from "../../support/providers/eraser-on-simulators.ts";
import { SAMPLES } from "../../support/providers/fake-studio.ts";
import { callControl } from "../../support/simulators/simulator-calls.ts";

const { current } = estateForEachTest();
const SERVICE = hexOf("svc:S1:ws-churn");
const CHURN = workspaceIdOf("S1");

describe("deleting in Studio", () => {
  it.each([
    [armAsset("web-service", SERVICE), `/workspaces/${CHURN}/webservices/${SERVICE}`],
    [
      armAsset("web-service-endpoint", `${SERVICE}/crm-prod`),
      `/workspaces/${CHURN}/webservices/${SERVICE}/endpoints/crm-prod`,
    ],
  ])("deletes a $kind where web services are managed", async (asset, path) => {
    const eraser = current().eraser();
    const workspace = await current().paid("S1");

    const erasure = await eraser.erase(workspace, asset, allowed);

    expect(erasure).toEqual({ is: "claimed" });
    expect(callLines(current(), "DELETE")).toEqual([path]);
    expect(await eraser.remaining(workspace, [asset])).toEqual([]);
    expect(await eraser.erase(workspace, asset, allowed)).toEqual({ is: "gone" });
  });

  it("deletes all endpoints with their service, the default one too", async () => {
    const eraser = current().eraser();
    const workspace = await current().paid("S1");
    const endpoints = ["default", "batch"].map((name) =>
      armAsset("web-service-endpoint", `${SERVICE}/${name}`),
    );
    const before = await eraser.remaining(workspace, endpoints);

    await eraser.erase(workspace, armAsset("web-service", SERVICE), allowed);

    expect(before).toEqual(endpoints);
    expect(await eraser.remaining(workspace, endpoints)).toEqual([]);
    expect(eraser.notErasable(workspace, armAsset("web-service-endpoint", "a/default"))).toEqual({
      why: "goes-with",
      detail: "The default endpoint goes with its web service.",
    });
  });

  it("deletes every version of a data set and the whole history of an experiment", async () => {
    const eraser = current().eraser();
    const workspace = await current().paid("S1");
    const dataset = await listedAsset(current(), "S1", "dataset", "CRM customers 2018-04");
    const experiment = await listedAsset(current(), "S1", "experiment", "Churn - training");

    for (const asset of [experiment, dataset]) await eraser.erase(workspace, asset, allowed);
    const older = dataset.sourceId.replace(/-\d+$/, "-1");

    expect(await eraser.remaining(workspace, [{ ...dataset, sourceId: older }])).toEqual([]);
    expect(await eraser.remaining(workspace, [experiment])).toEqual([]);
    expect(callLines(current(), "DELETE")).toEqual([
      `/api/workspaces/${CHURN}/experiments/${experiment.sourceId}`,
      `/api/workspaces/${CHURN}/datasources/family/${dataset.sourceId.split(".")[1]}`,
    ]);
  });

  it.each([
    ["a sample", "dataset", `${SAMPLES}.${"a".repeat(32)}.v1-default-1`],
    ["a sample in capitals", "dataset", `${SAMPLES.toUpperCase()}.${"a".repeat(32)}.v1-default-1`],
    ["another workspace's", "dataset", `${"a".repeat(32)}.${"a".repeat(32)}.v1-default-1`],
    ["another workspace's", "experiment", `${"a".repeat(32)}.f-id.${"a".repeat(32)}`],
    ["of no known form", "dataset", `${CHURN}.a`],
    ["of no known form", "dataset", `${CHURN}.../x`],
    ["the workspace, by dots", "gateway", ".."],
    ["the workspace, by dots", "project", ".."],
    ["the workspace, by dots", "web-service-endpoint", `${SERVICE}/..`],
    ["nothing", "web-service-endpoint", `${SERVICE}/`],
    ["nothing", "web-service-endpoint", SERVICE],
  ] as const)("refuses what is %s (%s %s), and nothing is called", async (_why, kind, id) => {
    const eraser = current().eraser({ unverifiedCalls: true });
    const workspace = await current().paid("S1");

    const erasure = eraser.erase(workspace, armAsset(kind, id), allowed);

    await expect(erasure).rejects.toMatchObject({ code: "outbound-refused" });
    expect(callLines(current(), "DELETE")).toEqual([]);
  });

  it("goes on when the service refuses a delete the first time", async () => {
    current().simulators.switches.change({ firstDeleteFails400: true });
    const eraser = current().eraser();
    const workspace = await current().paid("S1");
    const dataset = await listedAsset(current(), "S1", "dataset");
    let asked = 0;

    const erasure = await eraser.erase(workspace, dataset, () => {
      asked += 1;
    });

    expect(erasure).toEqual({ is: "claimed" });
    expect(asked).toBe(2);
    expect(await eraser.remaining(workspace, [dataset])).toEqual([]);
  });

  it.each(["404", "204", "400"] as const)(
    "reports a second delete the same way when the service answers it with %s",
    async (deleteMissing) => {
      current().simulators.switches.change({ deleteMissing });
      const eraser = current().eraser();
      const workspace = await current().paid("S1");
      const dataset = await listedAsset(current(), "S1", "dataset");
      await eraser.erase(workspace, dataset, allowed);

      const again = await eraser.erase(workspace, dataset, allowed);

      expect(again.is).toBe(deleteMissing === "204" ? "claimed" : "gone");
      expect(await eraser.remaining(workspace, [dataset])).toEqual([]);
    },
  );

  it("says that the storage account of the workspace cannot be reached", async () => {
    const eraser = current().eraser();
    const workspace = await current().paid("S3");
    const dataset = await listedAsset(current(), "S3", "dataset");

    const erasure = eraser.erase(workspace, dataset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "workspace-unreadable" });
    expect(callLines(current(), "DELETE")).toHaveLength(1);
  });

  it("is found out when it lies", async () => {
    current().simulators.switches.change({ lies: { how: "stays" } });
    const eraser = current().eraser();
    const workspace = await current().paid("S1");
    const datasets = await listedAssets(current(), "S1", "dataset");

    for (const dataset of datasets) {
      expect(await eraser.erase(workspace, dataset, allowed)).toEqual({ is: "claimed" });
    }

    expect(await eraser.remaining(workspace, datasets)).toEqual(datasets);
  });

  it("shows a data set for as long as the list lags behind", async () => {
    current().simulators.switches.change({ deleteLagSeconds: 10 });
    const eraser = current().eraser();
    const workspace = await current().paid("S1");
    const dataset = await listedAsset(current(), "S1", "dataset");
    await eraser.erase(workspace, dataset, allowed);

    const early = await eraser.remaining(workspace, [dataset]);
    await callControl(current().simulators, "POST", "clock", { advanceMs: 10_000 });
    const late = await eraser.remaining(workspace, [dataset]);

    expect([early, late]).toEqual([[dataset], []]);
  });

  it("deletes 250 data sets when one is refused once and one for ever: 248, and one, and one", async () => {
    const eraser = current().eraser();
    const workspace = await current().paid("S5");
    const datasets = await listedAssets(current(), "S5", "dataset");
    const familyOf = (index: number) => datasets[index]?.sourceId.split(".")[1] ?? "";
    const fault = { surface: "studio", method: "DELETE", nth: 1 } as const;
    current().simulators.faults.add([
      { ...fault, pathPattern: familyOf(20), times: 1, action: { status: 400 } },
      { ...fault, pathPattern: familyOf(40), times: 1000, action: { status: 500 } },
    ]);

    const outcomes = [];
    for (const dataset of datasets) {
      const erasure = eraser.erase(workspace, dataset, allowed);
      outcomes.push(
        await erasure.then(
          ({ is }) => is,
          ({ code }) => code,
        ),
      );
    }

    expect(Object.groupBy(outcomes, (outcome) => outcome)).toEqual({
      claimed: Array.from({ length: 249 }, () => "claimed"),
      "source-unavailable": ["source-unavailable"],
    });
    expect(callLines(current(), "DELETE")).toHaveLength(251);
    expect(await eraser.remaining(workspace, datasets)).toEqual([datasets[40]]);
  });
});
