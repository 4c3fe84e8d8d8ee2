import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { SwitchChange } from "../../../local/simulators/control/switches.ts";
import {
  callStudio,
  listStudio,
  TRAINING,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

describe("deletes", () => {
  const missing = "/datasources/family/00000000000000000000000000000000";

  it.each(["404", "204", "400"] as const)("of what is not there answer %s", async (status) => {
    simulators.switches.change({ deleteMissing: status });

    const response = await callStudio(simulators, "S1", missing, { method: "DELETE" });

    expect(response.status).toBe(Number(status));
  });

  it("with a stale entity tag are taken when tags are ignored", async () => {
    await using own = await startTestSimulators({ switches: { staleEtag: "ignored" } });

    const response = await callStudio(own, "S1", TRAINING, {
      method: "DELETE",
      headers: { "If-Match": "W/\"datetime'2011-01-01T00%3A00%3A00.1234567Z'\"" },
    });

    expect(response.status).toBe(204);
  });

  it.each([
    ["F3", {}, 405],
    ["F3", { freeWorkspaceDelete: "204" }, 204],
    ["S3", { freeWorkspaceDelete: "204" }, 403],
  ] as const)("of workspace %s with %j answer %i", async (key, switches: SwitchChange, status) => {
    await using own = await startTestSimulators({ switches });

    const response = await callStudio(own, key, "", { method: "DELETE" });
    const looked = await callStudio(own, key, "");

    expect([response.status, looked.status]).toEqual([status, status === 204 ? 401 : 200]);
  });

  it.each([
    ["projectcontainers", "ContainerId", ""],
    ["transformmodules", "FamilyId", "/family"],
    ["gateways", "GatewayName", ""],
  ])("of %s need the switch for unverified calls", async (list, property, infix) => {
    await using own = await startTestSimulators();
    const [first] = await listStudio(own, "S1", `/${list}`);
    const path = `/${list}${infix}/${String(first?.[property])}`;

    const refused = await callStudio(own, "S1", path, { method: "DELETE" });
    own.switches.change({ unverifiedCalls: true });
    const deleted = await callStudio(own, "S1", path, { method: "DELETE" });
    const again = await callStudio(own, "S1", path, { method: "DELETE" });

    expect([refused.status, deleted.status, again.status]).toEqual([404, 204, 404]);
    expect(valuesOf(await listStudio(own, "S1", `/${list}`), property)).not.toContain(
      first?.[property],
    );
  });

  it("of a member need it too, and take the person off the list", async () => {
    await using own = await startTestSimulators({ switches: { unverifiedCalls: true } });

    const one = await callStudio(own, "S1", "/users/3D0C3EBB26841B38");
    const deleted = await callStudio(own, "S1", "/invitations/3D0C3EBB26841B38", {
      method: "DELETE",
    });

    expect([one.status, deleted.status]).toEqual([200, 204]);
    expect(valuesOf(await listStudio(own, "S1", "/users"), "Status")).not.toContain("Invited");
  });
});
