import { describe, expect, it } from "vitest";
import { CallLog } from "../../../local/simulators/control/call-log.ts";
import { subjectOf } from "../../../local/simulators/control/call-subject.ts";

const WORKSPACE = "b577bbf6c46640c822e2a6e3d255d437";
const ARM =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearning/workspaces/contoso-churn";

describe("the call log", () => {
  it("keeps every call that changes something, and the last 100,000 others", () => {
    const log = new CallLog({ now: () => 0 });
    const deletion = { surface: "arm", method: "DELETE", path: ARM } as const;
    const read = { surface: "arm", method: "GET", path: ARM } as const;

    log.begin(deletion);
    for (let call = 0; call < 109_999; call += 1) log.begin(read);
    const before = log.list().length;
    log.begin(read);

    expect(before).toBe(110_000);
    expect(log.list()).toHaveLength(100_001);
    expect(log.list()[0]).toMatchObject({ sequence: 1, isMutating: true, workspaceId: ARM });
    expect(log.list()[1]).toMatchObject({ sequence: 10_002 });
  });
});

describe("the subject of a call", () => {
  it.each([
    [
      "studio",
      "DELETE",
      `/api/workspaces/${WORKSPACE}/datasources/family/f1`,
      true,
      WORKSPACE,
      "f1",
    ],
    ["studio", "DELETE", `//api//workspaces/${WORKSPACE}/experiments/e1/`, true, WORKSPACE, "e1"],
    ["studio", "DELETE", `/api/workspaces/${WORKSPACE}`, true, WORKSPACE, null],
    [
      "studio",
      "POST",
      `/api/workspaces/${WORKSPACE}/notebooks/family/f/session`,
      false,
      WORKSPACE,
      "f/session",
    ],
    [
      "management",
      "DELETE",
      `/workspaces/${WORKSPACE}/webservices/s/endpoints/e`,
      true,
      WORKSPACE,
      "s/e",
    ],
    ["arm", "DELETE", ARM, true, ARM, null],
    ["arm", "POST", `${ARM}/listworkspacekeys`, false, ARM, null],
    [
      "arm",
      "DELETE",
      ARM.replace("workspaces", "webServices"),
      true,
      null,
      ARM.replace("workspaces", "webServices"),
    ],
    ["arm", "GET", "/subscriptions/s/resources", false, null, null],
    ["storage", "GET", "/api/sharedaccess", false, null, null],
    ["vault", "PUT", "/secrets/workspaces", false, null, null],
  ] as const)("%s %s %s", (surface, method, path, isMutating, workspaceId, assetId) => {
    expect(subjectOf({ surface, method, path })).toEqual({ isMutating, workspaceId, assetId });
  });
});
