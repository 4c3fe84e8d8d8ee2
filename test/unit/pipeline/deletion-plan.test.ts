import { beforeEach, describe, expect, it } from "vitest";
import { planCsv } from "../../../shared/core/plan-csv.ts";
import { planHtml } from "../../../shared/core/plan-html.ts";
import type { Scope } from "../../../shared/core/scope.ts";
import { planView } from "../../../shared/pipeline/plan-view.ts";
import { approved, carriedOut, dataSets, planned, WHOLE } from "../../support/deletions.ts";
import { aDataset, type SourceAsset, WORKSPACE } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const anAsset = (kind: SourceAsset["asset"]["kind"], sourceId: string): SourceAsset => {
  const { asset } = aDataset(sourceId, "");
  return { asset: { ...asset, kind, sourceId }, files: {} };
};

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([
    aDataset("a.csv", "1"),
    anAsset("web-service", "s1"),
    anAsset("web-service-endpoint", "s1/staging"),
    anAsset("experiment", "e1"),
    anAsset("custom-module", "m1"),
    anAsset("commitment-plan", "p1"),
    anAsset("arm-web-service", "w1"),
    anAsset("users", "u1"),
  ]);
});

async function waysOf(scope = WHOLE) {
  const request = await planned(stage, scope);
  const { assets } = await planView(stage, request);
  return assets.map(({ kind, way, phase, withKind, why }) =>
    [kind, way, phase || withKind || why].join(" "),
  );
}

describe("the plan of a deletion", () => {
  it("lets a standard workspace take along what is in it, after resources of their own", async () => {
    expect(await waysOf()).toEqual([
      "arm-web-service erase 1",
      "workspace erase 9",
      "users with workspace",
      "dataset with workspace",
      "custom-module with workspace",
      "experiment with workspace",
      "web-service with workspace",
      "web-service-endpoint with workspace",
      "commitment-plan keep not-deletable",
    ]);
  });

  it("deletes the assets of a free workspace one by one, consumers first, and leaves the rest to a person", async () => {
    stage.source.workspace = { ...WORKSPACE, accountType: "free" };
    stage.eraser.refuses = ({ kind }) =>
      kind === "workspace" ? { why: "unverified-call", detail: "Delete it in Studio." } : null;

    expect(await waysOf()).toEqual([
      "arm-web-service erase 1",
      "web-service-endpoint erase 2",
      "web-service erase 3",
      "experiment erase 5",
      "dataset erase 7",
      "workspace keep unverified-call",
      "users keep goes-with",
      "custom-module keep not-deletable",
      "commitment-plan keep not-deletable",
    ]);
    const { manualSteps } = await planView(stage, await planned(stage));
    expect(manualSteps).toEqual([
      { workspace: WORKSPACE.workspaceId, text: "Delete it in Studio." },
    ]);
  });

  it("takes the whole free workspace last where the service is said to take that call", async () => {
    stage.source.workspace = { ...WORKSPACE, accountType: "free" };

    expect(await waysOf()).toEqual([
      "arm-web-service erase 1",
      "web-service-endpoint erase 2",
      "web-service erase 3",
      "experiment erase 5",
      "dataset erase 7",
      "workspace erase 9",
      "users with workspace",
      "custom-module with workspace",
      "commitment-plan keep not-deletable",
    ]);
  });

  it("refuses to delete a whole guest workspace and says when it ends; single assets can be deleted", async () => {
    const createdAt = "2026-01-15T06:00:00.000Z";
    stage.source.workspace = { ...WORKSPACE, accountType: "guest", createdAt };

    const refused = await planned(stage, WHOLE);
    expect(refused).toMatchObject({ state: "refused", failure: { code: "not-supported" } });
    expect(refused.failure?.detail).toContain("2026-01-15T14:00:00.000Z");

    const single = await planned(stage, dataSets("a.csv"));
    await approved(stage, single);
    expect(await carriedOut(stage, single)).toMatchObject({ result: { deleted: 1 } });
  });

  it("tells who needs an asset and stays, who is deleted before it, what is in the way and what stays behind", async () => {
    stage.source.workspace = { ...WORKSPACE, accountType: "free" };
    const used = { kind: "dataset", sourceId: "dataset-a.csv" } as const;
    stage.eraser.allUses.push(
      { user: { kind: "experiment", sourceId: "e1" }, used },
      { user: { kind: "custom-module", sourceId: "m1" }, used },
    );
    const workspace = WORKSPACE.workspaceId;
    const datasets = dataSets("a.csv");
    const assets = "assets" in datasets ? datasets.assets : [];
    const scope: Scope = { assets: [...assets, { kind: "experiment", id: "e1", workspace }] };

    const plan = await planView(stage, await planned(stage, scope));

    expect(plan.assets.at(-1)).toMatchObject({
      kind: "dataset",
      neededBy: [{ kind: "experiment", id: "e1" }],
      usedBy: [{ kind: "custom-module", id: "m1" }],
    });
    expect(plan.leftBehind).toEqual([
      { workspace, text: "Blobs in the storage account of the workspace." },
    ]);
  });

  it("makes no call that changes anything", async () => {
    await planned(stage, WHOLE);
    await planned(stage, dataSets("a.csv"));

    expect(stage.eraser.calls).toEqual([]);
  });

  it("has the same hash in whatever order the service lists, and another one for any fact that changed", async () => {
    const hashes = new Set<string | undefined>();
    hashes.add((await planned(stage)).plan?.planHash);
    stage.source.assets.reverse();
    hashes.add((await planned(stage)).plan?.planHash);
    expect(hashes.size).toBe(1);

    const [first] = stage.source.assets;
    for (const change of [
      { version: "2" },
      { bytes: 7 },
      { modifiedAt: "2026" },
      { createdAt: "1" },
    ]) {
      Object.assign(first?.asset ?? {}, change);
      hashes.add((await planned(stage)).plan?.planHash);
    }
    stage.eraser.refuses = ({ kind }) =>
      kind === "arm-web-service" ? { why: "not-deletable", detail: "" } : null;
    hashes.add((await planned(stage)).plan?.planHash);
    expect(hashes.size).toBe(6);
  });
});

describe("the plan for a person", () => {
  it("is a page that shows every text as text", async () => {
    stage.source.assets.push(anAsset("dataset", "<img src=x onerror=alert(1)>"));

    const page = planHtml(await planView(stage, await planned(stage)));

    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(page).not.toMatch(/<img|<script/);
  });

  it("is a table in which no cell is a formula", async () => {
    stage.source.assets.push(anAsset("dataset", '=HYPERLINK("https://example.com")'));

    const rows = planCsv(await planView(stage, await planned(stage))).split("\r\n");

    expect(rows.find((row) => row.includes("HYPERLINK"))).toContain(
      `"'=HYPERLINK(""https://example.com"")"`,
    );
    expect(rows).toHaveLength(stage.source.assets.length + 3);
  });
});
