import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { credentialOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { parseWorkspaceRef, type WorkspaceRef } from "../../../shared/core/scope.ts";
import { directoryOn } from "../../support/providers/provider-on-simulators.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const CHURN_ID = "b577bbf6c46640c822e2a6e3d255d437";
const CHURN_ARM_ID =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const LOCKED_ID = "585c5a4bd74898f0c8041ecca5618b1a";

let simulators: Simulators;

beforeAll(async () => {
  simulators = await startTestSimulators();
});
afterEach(() => {
  simulators.switches.reset();
  simulators.faults.clear();
});
afterAll(() => simulators[Symbol.asyncDispose]());

describe("the directory on ARM", () => {
  it.each([
    ["its ARM id", CHURN_ARM_ID],
    ["its ARM id in other case", CHURN_ARM_ID.replace("resourceGroups", "RESOURCEGROUPS")],
    ["its id", CHURN_ID],
    ["its id with dashes", "b577bbf6-c466-40c8-22e2-a6e3d255d437"],
  ])("finds a workspace by %s", async (_what, text) => {
    const found = await directoryOn(simulators).find(refOf(text));

    expect(found).toEqual({
      workspaceId: CHURN_ID,
      armId: CHURN_ARM_ID,
      name: "contoso-churn",
      accountType: "standard",
      studioUrl: simulators.addresses.studio,
      createdAt: "2016-03-01T23:14:37.070Z",
    });
  });

  it("finds a workspace over small pages, flat errors and dashed ids", async () => {
    simulators.switches.change({ armPageSize: 1, armIdForm: "dashed", armErrorForm: "flat" });

    const found = await directoryOn(simulators).find(refOf(LOCKED_ID));

    expect(found).toMatchObject({ workspaceId: LOCKED_ID, name: "wingtip-labs" });
  });

  it.each([
    ["an id that no workspace has", "0".repeat(32)],
    ["the id of a workspace outside ARM", "aac8fa11a24583e8d5665ffef9c54d04"],
    ["an ARM id without a workspace", CHURN_ARM_ID.replace("churn", "gone")],
    ["an ARM id in an unknown subscription", CHURN_ARM_ID.replace("f52ca913", "00000000")],
  ])("does not find %s", async (_what, text) => {
    const found = directoryOn(simulators).find(refOf(text));

    await expect(found).rejects.toMatchObject({
      code: "workspace-not-found",
      message: "ARM has no such workspace, or we may not see it",
    });
  });

  it("hands on the wait that ARM asks for", async () => {
    failOn("GET", "workspaces/contoso-churn", { status: 429, headers: { "retry-after": "17" } });

    const found = directoryOn(simulators).find(refOf(CHURN_ARM_ID));

    await expect(found).rejects.toMatchObject({ code: "source-throttled", retryAfterMs: 17_000 });
  });

  it("is mended by a second try when ARM breaks a connection", async () => {
    failOn("GET", "workspaces/contoso-churn", { reset: true });

    const found = await directoryOn(simulators).find(refOf(CHURN_ARM_ID));

    expect(found.workspaceId).toBe(CHURN_ID);
  });
});

describe("a workspace's token on ARM", () => {
  it("is the primary one and is read once", async () => {
    const directory = directoryOn(simulators);
    const workspace = await directory.find(refOf(CHURN_ID));
    simulators.callLog.clear();

    const keys = [await directory.keyOf(workspace), await directory.keyOf(workspace)];

    expect(keys).toEqual([credentialOf("token1:S1"), credentialOf("token1:S1")]);
    expect(simulators.callLog.list().map(({ method }) => method)).toEqual(["POST"]);
  });

  it("cannot be read behind a ReadOnly lock", async () => {
    const directory = directoryOn(simulators);
    const workspace = await directory.find(refOf(LOCKED_ID));

    const key = directory.keyOf(workspace);

    await expect(key).rejects.toMatchObject({ code: "workspace-locked" });
  });
});

function refOf(text: string): WorkspaceRef {
  const ref = parseWorkspaceRef(text);
  if (ref === null) throw new Error("not the name of a workspace");
  return ref;
}

type Action = Parameters<Simulators["faults"]["add"]>[0][number]["action"];

function failOn(method: string, pathPattern: string, action: Action): void {
  simulators.faults.add([{ surface: "arm", method, pathPattern, nth: 1, times: 1, action }]);
}
