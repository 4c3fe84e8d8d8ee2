import { describe, expect, it } from "vitest";
import type { Asset } from "../../../shared/core/asset.ts";
import type { Workspace } from "../../../shared/core/request.ts";
import type { Eraser, Erasure } from "../../../shared/pipeline/ports.ts";
import { allowed, armAsset } from "../../support/providers/arm-to-erase.ts";
import {
  callLines,
  type ErasingEstate,
  estateForEachTest,
  listedAssets,
  openErasingEstate,
} from "../../support/providers/eraser-on-simulators.ts";
import { startHttpsServer } from "../../support/providers/https-server.ts";
import { callArm } from "../../support/simulators/simulator-calls.ts";

const { current } = estateForEachTest();

/** A paid workspace, itself as an asset, and an eraser. */
async function paid(
  key: string,
  estate = current(),
): Promise<{ eraser: Eraser; workspace: Workspace; asset: Asset }> {
  const workspace = await estate.paid(key);
  const asset = armAsset("workspace", workspace.armId ?? "", workspace.createdAt);
  return { eraser: estate.eraser(), workspace, asset };
}

/** Asks about a deletion until it does not run any more, at most ten times. */
async function settled(
  eraser: Eraser,
  workspace: Workspace,
  asset: Asset,
  erasure: Erasure,
): Promise<Erasure> {
  let now = erasure;
  for (let polls = 0; now.is === "running" && polls < 10; polls += 1) {
    now = await eraser.poll(workspace, asset, now.operation);
  }
  return now;
}

const SERVICE =
  "/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/webServices/churn-v2";

function serviceOf({ armId }: Workspace): Asset {
  return armAsset("arm-web-service", `${armId?.split("/").slice(0, 3).join("/")}${SERVICE}`);
}

describe("a workspace of ARM", () => {
  it.each(["200", "204", "202-async", "202-location"] as const)(
    "is deleted in the form %s, and is not found any more",
    async (armWorkspaceDelete) => {
      current().simulators.switches.change({ armWorkspaceDelete, armPolls: 3 });
      const { eraser, workspace, asset } = await paid("S1");
      const datasets = await listedAssets(current(), "S1", "dataset");

      const erasure = await eraser.erase(workspace, asset, allowed);
      const end = await settled(eraser, workspace, asset, erasure);

      expect(end).toEqual({ is: "claimed" });
      expect(await eraser.remaining(workspace, [asset, ...datasets])).toEqual([]);
      expect(await eraser.erase(workspace, asset, allowed)).toEqual({ is: "gone" });
      expect(callLines(current(), "DELETE")).toHaveLength(1);
    },
  );

  it("is asked itself when ARM accepts its deletion and names nothing to ask", async () => {
    current().simulators.switches.change({ armWorkspaceDelete: "202-bare" });
    const { eraser, workspace, asset } = await paid("S1");

    const erasure = await eraser.erase(workspace, asset, allowed);

    expect(erasure).toMatchObject({
      is: "running",
      operation: expect.stringMatching(/^resource /),
    });
  });

  it.each(["flat", "wrapped"] as const)(
    "is known by its id in GUID form, and ARM's errors in the form %s",
    async (armErrorForm) => {
      current().simulators.switches.change({ armIdForm: "dashed", armErrorForm });
      const { eraser, workspace, asset } = await paid("S2");

      const erasure = eraser.erase(workspace, asset, allowed);

      await expect(erasure).rejects.toMatchObject({
        code: "workspace-locked",
        message: expect.stringContaining('"do-not-delete" (CanNotDelete)'),
      });
      expect(await eraser.remaining(workspace, [asset])).toEqual([asset]);
    },
  );

  it.each(["Failed", "Canceled"])("is still there when its deletion ends as %s", async (status) => {
    current().simulators.switches.change({
      armWorkspaceDelete: "202-async",
      armPolls: 1,
      armFinalStatus: status,
    });
    const { eraser, workspace, asset } = await paid("S1");

    const erasure = await eraser.erase(workspace, asset, allowed);
    const end = settled(eraser, workspace, asset, erasure);

    await expect(end).rejects.toMatchObject({ code: "source-unavailable" });
    expect(await eraser.remaining(workspace, [asset])).toEqual([asset]);
  });

  it("that lives on while ARM says that it is deleted is found out", async () => {
    current().simulators.switches.change({ lies: { how: "stays" } });
    const { eraser, workspace, asset } = await paid("S1");

    expect(await eraser.erase(workspace, asset, allowed)).toEqual({ is: "claimed" });
    expect(await eraser.remaining(workspace, [asset])).toEqual([asset]);
  });

  it("is asked for later when ARM throttles, and is there until then", async () => {
    const { eraser, workspace, asset } = await paid("S1");
    const armThrottle = { mode: "every-nth", nth: 2, retryAfterSeconds: 3 } as const;
    current().simulators.switches.change({ armThrottle });

    const erasure = eraser.erase(workspace, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "source-throttled", retryAfterMs: 3_000 });
    expect(await eraser.remaining(workspace, [asset])).toEqual([asset]);
  });

  it("has its operation asked at no other host, and our token goes to none", async () => {
    await using other = await startHttpsServer((_request, response) => response.end("{}"));
    await using estate = await openErasingEstate([other.host]);
    const { eraser, workspace, asset } = await paid("S1", estate);
    const url = `${other.origin}/subscriptions/1/operations/1`;
    acceptDelete(estate, { "Azure-AsyncOperation": url, Location: url });

    const erasure = await eraser.erase(workspace, asset, allowed);
    const next = erasure.is === "running" ? erasure.operation : "";
    const polled = await eraser.poll(workspace, asset, next);
    const forged = eraser.poll(workspace, asset, `${next.replace("resource", "status")} ${url}`);

    await expect(forged).rejects.toMatchObject({ code: "outbound-refused" });
    expect(polled.is).toBe("running");
    expect(other.seen).toEqual([]);
  });
});

/** The next DELETE is accepted with these headers, and nothing happens. */
function acceptDelete({ simulators }: ErasingEstate, headers: Record<string, string>): void {
  const action = { status: 202, headers };
  const fault = { surface: "arm", method: "DELETE", pathPattern: "", nth: 1, times: 1 } as const;
  simulators.faults.add([{ ...fault, action }]);
}

describe("a web service of ARM", () => {
  it.each(["202", "204"] as const)("is deleted with %s", async (armServiceDelete) => {
    current().simulators.switches.change({ armServiceDelete });
    const { eraser, workspace } = await paid("S1");
    const service = serviceOf(workspace);
    const before = await eraser.remaining(workspace, [service]);

    const erasure = await eraser.erase(workspace, service, allowed);
    const end = await settled(eraser, workspace, service, erasure);

    expect(before).toEqual([service]);
    expect(end).toEqual({ is: "claimed" });
    expect(await eraser.remaining(workspace, [service])).toEqual([]);
    expect(await eraser.erase(workspace, service, allowed)).toEqual({ is: "gone" });
  });

  it("of another workspace is not deleted", async () => {
    const { workspace } = await paid("S1");
    const { eraser, workspace: other } = await paid("S4");

    const erasure = eraser.erase(other, serviceOf(workspace), allowed);

    await expect(erasure).rejects.toMatchObject({ code: "outbound-refused" });
    expect(callLines(current(), "DELETE")).toEqual([]);
  });
});

describe("locks", () => {
  it("are told by name, level and the scope that they were set on", async () => {
    const { eraser, workspace } = await paid("S2");

    expect(await eraser.blockers([workspace])).toEqual([
      {
        kind: "lock",
        workspaceId: workspace.workspaceId,
        name: "do-not-delete",
        level: "CanNotDelete",
        scope: workspace.armId?.split("/").slice(0, 5).join("/"),
      },
    ]);
  });

  it("tell before anything is deleted in Studio, which would not heed them", async () => {
    const { eraser, workspace } = await paid("S2");
    const [dataset] = await listedAssets(current(), "S2", "dataset");
    if (dataset === undefined) throw new Error("There is no data set");

    const blockers = await eraser.blockers([workspace]);
    const unheeded = await eraser.erase(workspace, dataset, allowed);

    expect(blockers).toHaveLength(1);
    expect(unheeded).toEqual({ is: "claimed" });
  });

  it("that keep the key from us are named as such", async () => {
    const { eraser, workspace } = await paid("S4");
    const dataset = armAsset("dataset", `${workspace.workspaceId}.${"a".repeat(32)}.v1-default-1`);

    const erasure = eraser.erase(workspace, dataset, allowed);

    await expect(erasure).rejects.toMatchObject({
      code: "workspace-locked",
      message: expect.stringContaining("key"),
    });
    expect(await eraser.blockers([workspace])).toMatchObject([
      { name: "freeze", level: "ReadOnly" },
    ]);
  });

  it("of many workspaces cost one call per subscription", async () => {
    const workspaces = await Promise.all(
      ["S1", "S2", "S3", "S4", "S5"].map((key) => current().paid(key)),
    );
    current().simulators.callLog.clear();

    const blockers = await current().eraser().blockers(workspaces);

    expect(blockers.map(({ name }) => name).toSorted()).toEqual(["do-not-delete", "freeze"]);
    expect(callLines(current(), "GET").filter((path) => path.includes("locks"))).toHaveLength(2);
  });

  it("are never removed", async () => {
    const { eraser, workspace, asset } = await paid("S2");

    await eraser.erase(workspace, asset, allowed).catch(() => undefined);

    const locks = await callArm(
      current().simulators,
      `${workspace.armId}/providers/Microsoft.Authorization/locks?api-version=2016-09-01`,
    );
    expect(await locks.json()).toMatchObject({ value: [{ name: "do-not-delete" }] });
    expect(callLines(current(), "DELETE")).toEqual([workspace.armId]);
  });
});
