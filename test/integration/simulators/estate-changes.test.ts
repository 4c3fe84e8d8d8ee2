import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import {
  type Answer,
  callArm,
  callControl,
  callStudio,
  jsonOf,
  listStudio,
  TRAINING,
  urlOf,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const SUBSCRIPTION = "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
const CONTOSO = `${SUBSCRIPTION}/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn`;
const CRM_FAMILY = "5dd8768ae911722d700b99f7279aa1fc";

let simulators: Simulators;
beforeEach(async () => {
  simulators = await startTestSimulators();
});
afterEach(() => simulators[Symbol.asyncDispose]());

async function add(path: string, body?: unknown): Promise<Answer> {
  return jsonOf<Answer>(await callControl(simulators, "POST", path, body));
}

describe("changes while a request is under way", () => {
  it("add a data set that can be read", async () => {
    const { id } = await add("workspaces/S1/datasets", { name: "late.csv", sizeBytes: 2_000 });

    const dataset = await jsonOf<Answer>(
      await callStudio(simulators, "S1", `/datasources/${String(id)}`),
    );
    const download = await fetch(urlOf(dataset["DownloadLocation"] as Answer));

    expect(dataset).toMatchObject({ Name: "late.csv", Size: 2_000 });
    expect((await download.arrayBuffer()).byteLength).toBe(2_000);
  });

  it("add a version that takes the place of the former one in the list", async () => {
    const { id } = await add("workspaces/S1/datasets", { name: "CRM", familyId: CRM_FAMILY });

    const listed = await listStudio(simulators, "S1", "/datasources");
    const ofFamily = listed.filter(({ FamilyId }) => FamilyId === CRM_FAMILY);

    expect(ofFamily).toMatchObject([{ Id: id, ServiceVersion: 3, IsLatest: true }]);
  });

  it("add a draft, and give an experiment that is saved another entity tag", async () => {
    const { id } = await add("workspaces/S1/experiments", { name: "late draft" });
    const before = await jsonOf<Answer>(await callStudio(simulators, "S1", TRAINING));
    const saved = await callControl(simulators, "POST", `workspaces/S1${TRAINING}`);
    const after = await jsonOf<Answer>(await callStudio(simulators, "S1", TRAINING));

    const draft = await callStudio(simulators, "S1", `/experiments/${String(id)}`);
    expect(await draft.json()).toMatchObject({ Description: "late draft", NodeStatuses: [] });
    expect(saved.status).toBe(204);
    expect(after["Etag"]).not.toBe(before["Etag"]);
  });

  it("make a workspace anew under its name, with another id and other tokens", async () => {
    const before = await jsonOf<Answer>(await callArm(simulators, CONTOSO));
    const fresh = await add("workspaces/S1/recreate");
    const after = await jsonOf<Answer>(await callArm(simulators, CONTOSO));

    expect(fresh).toMatchObject({ key: "S1-2", armId: CONTOSO });
    expect(after["id"]).toBe(before["id"]);
    expect(after["properties"]).toMatchObject({ workspaceId: fresh["id"] });
    expect((after["properties"] as Answer)["creationTime"]).not.toBe(
      (before["properties"] as Answer)["creationTime"],
    );
    expect((await callStudio(simulators, "S1", "")).status).toBe(401);
  });

  it.each([
    ["subscription", SUBSCRIPTION],
    ["group", `${SUBSCRIPTION}/resourceGroups/contoso-ml-rg`],
    ["workspace", CONTOSO],
  ])("lock and unlock at the scope of the %s", async (_kind, scope) => {
    const lock = { scope, name: "late", level: "CanNotDelete" };
    await callControl(simulators, "PUT", "locks", lock);
    const locked = await callArm(simulators, CONTOSO, { method: "DELETE" });
    const listed = await callArm(
      simulators,
      `${SUBSCRIPTION}/providers/Microsoft.Authorization/locks`,
    );
    const query = new URLSearchParams({ scope, name: "late" });
    await callControl(simulators, "DELETE", `locks?${query.toString()}`);
    const unlocked = await callArm(simulators, CONTOSO, { method: "DELETE" });

    expect([locked.status, unlocked.status]).toEqual([409, 200]);
    const { value } = await jsonOf<{ value: Answer[] }>(listed);
    expect(new Set(valuesOf(value, "name"))).toEqual(new Set(["freeze", "late"]));
  });

  it("refuse what is no upload and no lock", async () => {
    const upload = await callControl(simulators, "POST", "workspaces/S1/datasets", { bytes: 1 });
    const lock = await callControl(simulators, "PUT", "locks", { scope: "/", name: "x" });
    const guest = await callControl(simulators, "POST", "workspaces/G1/recreate");

    expect([upload.status, lock.status, guest.status]).toEqual([400, 400, 409]);
  });
});

describe("evidence", () => {
  it("lists what is left, with the run history that a delete of the head leaves", async () => {
    await callStudio(simulators, "S1", TRAINING, { method: "DELETE" });
    const headOnly = await jsonOf<Answer[]>(
      await callControl(simulators, "GET", "workspaces/S1/assets"),
    );

    const ofTraining = headOnly.filter(({ name }) => name === "Churn - training");
    expect(valuesOf(ofTraining, "kind")).toEqual(["run-history"]);
    expect(new Set(valuesOf(headOnly, "kind"))).toEqual(
      new Set(
        (
          "dataset trained-model transform run-history experiment project gateway custom-module " +
          "notebook web-service web-service-endpoint arm-web-service commitment-plan"
        ).split(" "),
      ),
    );
  });

  it("names workspace and asset of every call that changes something, and nothing else", async () => {
    await callStudio(simulators, "S1", `/datasources/family/${CRM_FAMILY}`, { method: "DELETE" });
    await callArm(simulators, `${CONTOSO}/listWorkspaceKeys`, { method: "POST" });
    await callArm(simulators, CONTOSO, { method: "DELETE" });

    const response = await callControl(simulators, "GET", "calls?mutating=true");

    const calls = await jsonOf<Answer[]>(response);
    expect(
      calls.map(({ surface, workspaceId, assetId }) => [surface, workspaceId, assetId]),
    ).toEqual([
      ["studio", "b577bbf6c46640c822e2a6e3d255d437", CRM_FAMILY],
      ["arm", CONTOSO, null],
    ]);
    expect(calls.map(({ status }) => status)).toEqual([204, 200]);
  });
});
