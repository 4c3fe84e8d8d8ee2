import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMovableClock, type MovableClock } from "../../../local/simulators/clock.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import {
  type Answer,
  callArm,
  callControl,
  callStudio,
  jsonOf,
  listStudio,
  TRAINING,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const CRM = "/datasources/family/5dd8768ae911722d700b99f7279aa1fc";
const CRM_NAME = "CRM customers 2018-04";

let clock: MovableClock;
let simulators: Simulators;

beforeEach(async () => {
  clock = createMovableClock();
  simulators = await startTestSimulators({ clock });
});
afterEach(() => simulators[Symbol.asyncDispose]());

async function remainingNames(): Promise<unknown[]> {
  const assets = await callControl(simulators, "GET", "workspaces/S1/assets");
  return valuesOf(await jsonOf<Answer[]>(assets), "name");
}

describe("a service that lies", () => {
  it("claims every delete and keeps everything", async () => {
    simulators.switches.change({ lies: { how: "stays" } });

    const dataset = await callStudio(simulators, "S1", CRM, { method: "DELETE" });
    const experiment = await callStudio(simulators, "S1", `${TRAINING}?deleteAncestors=true`, {
      method: "DELETE",
    });
    const workspace = await callArm(simulators, CONTOSO, { method: "DELETE" });

    expect([dataset.status, experiment.status, workspace.status]).toEqual([204, 204, 200]);
    expect((await callArm(simulators, CONTOSO)).status).toBe(200);
    expect((await callStudio(simulators, "S1", TRAINING)).status).toBe(200);
    expect(await remainingNames()).toContain(CRM_NAME);
  });

  it("lets operations succeed that do nothing", async () => {
    simulators.switches.change({
      lies: { how: "stays" },
      armWorkspaceDelete: "202-async",
      armPolls: 1,
    });

    const accepted = await callArm(simulators, CONTOSO, { method: "DELETE" });
    const poll = accepted.headers.get("azure-asyncoperation") ?? "";
    const status = await callArm(simulators, poll.replace(simulators.addresses.arm, ""));

    expect(await status.json()).toMatchObject({ status: "Succeeded" });
    expect((await callArm(simulators, CONTOSO)).status).toBe(200);
  });

  it("brings things back after a time", async () => {
    simulators.switches.change({ lies: { how: "comes-back", afterSeconds: 3_600 } });

    await callStudio(simulators, "S1", CRM, { method: "DELETE" });
    const deleted = valuesOf(await listStudio(simulators, "S1", "/datasources"));
    clock.advance(3_600_000);
    const later = valuesOf(await listStudio(simulators, "S1", "/datasources"));
    const again = await callStudio(simulators, "S1", CRM, { method: "DELETE" });

    expect(deleted).not.toContain(CRM_NAME);
    expect(later).toContain(CRM_NAME);
    expect(again.status).toBe(204);
  });

  it("tells the truth about paths that it is not told to lie about", async () => {
    simulators.switches.change({ lies: { how: "stays", pathPattern: "/experiments/" } });

    await callStudio(simulators, "S1", CRM, { method: "DELETE" });
    await callStudio(simulators, "S1", TRAINING, { method: "DELETE" });

    const names = await remainingNames();
    expect(names).toContain("Churn - training");
    expect(names).not.toContain(CRM_NAME);
  });
});
