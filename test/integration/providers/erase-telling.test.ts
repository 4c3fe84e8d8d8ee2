import { describe, expect, it } from "vitest";
import { hexOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { Asset, AssetKind } from "../../../shared/core/asset.ts";
import { allowed, armAsset } from "../../support/providers/arm-to-erase.ts";
import {
  callLines,
  eraserFor,
  estateForEachTest,
  listedAsset,
  listedAssets,
} from "../../support/providers/eraser-on-simulators.ts";

const { current } = estateForEachTest();

describe("what stays behind", () => {
  it("is the storage account by its name, and the plans that web services are charged to", async () => {
    const workspace = await current().paid("S1");

    const sentences = await current().eraser().leftBehind(workspace);

    const told = sentences.join("\n");
    expect(told).toContain('storage account "contosochurnml"');
    expect(told).toContain("experimentoutput");
    expect(told).toContain('The commitment plan "contoso-plan-s1" is a billing resource and stays');
    expect(told).toContain("Gallery");
    expect(told).toContain("Telemetry");
    expect(told).toContain("Logs");
  });

  it("is told of a free workspace without asking ARM", async () => {
    const { eraser, workspace } = eraserFor(current(), "F1");

    const sentences = await eraser.leftBehind(workspace);

    expect(sentences.join("\n")).toContain("Gallery");
    expect(sentences.join("\n")).not.toContain('storage account "');
    expect(callLines(current(), "GET")).toEqual([]);
  });

  it("says how many others are charged to a shared plan", async () => {
    const workspace = await current().paid("S1");
    const services = ["churn-v2", "churn-wide"].map((name) =>
      armAsset(
        "arm-web-service",
        `${workspace.armId?.split("/workspaces/")[0]}/webServices/${name}`,
      ),
    );
    const plan = async () =>
      (await current().eraser().leftBehind(workspace)).find((text) => text.includes("plan"));
    current().simulators.switches.change({ armServiceDelete: "204" });

    const before = await plan();
    for (const service of services) await current().eraser().erase(workspace, service, allowed);

    expect(before).toMatch(/stays; 1 other web service is charged to it too\.$/);
    expect(await plan()).toBeUndefined();
  });
});

describe("the uses of assets", () => {
  it("lead from experiments to what they read, from services to experiments, from projects to all", async () => {
    const workspace = await current().paid("S1");
    const name = async (kind: Parameters<typeof listedAsset>[2], text: string) =>
      key(await listedAsset(current(), "S1", kind, text));
    const training = await name("experiment", "Churn - training");
    const predictive = await name("experiment", "Churn - training [Predictive Exp.]");
    const customers = await name("dataset", "CRM customers 2018-04");
    const model = await name("trained-model", "Churn [trained model]");
    const service = `web-service ${hexOf("svc:S1:ws-churn")}`;
    const project = await name("project", "Churn 2018");

    const uses = await Array.fromAsync(current().eraser().uses(workspace));

    expect(uses.map(({ user, used }) => `${key(user)} -> ${key(used)}`)).toEqual(
      expect.arrayContaining([
        `${training} -> ${customers}`,
        `${predictive} -> ${customers}`,
        `${predictive} -> ${model}`,
        `${service} -> ${predictive}`,
        `${project} -> ${training}`,
        `${project} -> ${customers}`,
        `${project} -> ${service}`,
      ]),
    );
    expect(uses.map(({ used }) => used.sourceId).filter((id) => id.startsWith("506153"))).toEqual(
      [],
    );
  });

  it("cost one call per experiment and web service, however many assets there are", async () => {
    const workspace = await current().paid("S5");
    const datasets = await listedAssets(current(), "S5", "dataset");
    current().simulators.callLog.clear();

    const uses = await Array.fromAsync(current().eraser().uses(workspace));

    const calls = callLines(current(), "GET").filter((path) => path.includes("workspaces/"));
    expect(datasets).toHaveLength(250);
    expect(uses.filter(({ used }) => used.kind === "dataset")).toHaveLength(60);
    expect(calls.length).toBeLessThan(60 + 25 + 12);
  });

  it("lead nowhere where the thing is gone", async () => {
    const workspace = await current().paid("S1");
    const eraser = current().eraser();
    const customers = await listedAsset(current(), "S1", "dataset", "CRM customers 2018-04");
    await eraser.erase(workspace, customers, allowed);

    const uses = await Array.fromAsync(eraser.uses(workspace));

    expect(uses.filter(({ used }) => used.sourceId === customers.sourceId)).toEqual([]);
    expect(uses.length).toBeGreaterThan(0);
  });
});

function key({ kind, sourceId }: Pick<Asset, "sourceId"> & { kind: AssetKind }): string {
  return `${kind} ${sourceId}`;
}
