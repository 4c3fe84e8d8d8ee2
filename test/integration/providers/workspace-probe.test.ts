import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import type { WorkspaceProbe } from "../../../shared/pipeline/ports.ts";
import { createWorkspaceProbe } from "../../../shared/providers/studio-classic/workspace-probe.ts";
import { transportTo } from "../../support/providers/provider-on-simulators.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

let simulators: Simulators;
let probe: WorkspaceProbe;
beforeAll(async () => {
  simulators = await startTestSimulators();
  probe = createWorkspaceProbe(transportTo(simulators));
});
afterAll(() => simulators[Symbol.asyncDispose]());

describe("a look into a workspace", () => {
  const look = (key: string, token: string) =>
    probe.look({
      workspaceId: workspaceIdOf(key),
      studioUrl: simulators.addresses.studio,
      token: credentialOf(token),
    });

  it.each([
    ["F1", "token1:F1", "free", "Free-Workspace"],
    ["F1", "token2:F1", "free", "Free-Workspace"],
    ["G1", "token1:G1", "guest", "Guest-Workspace"],
    ["S1", "token1:S1", "standard", "contoso-churn"],
  ])("%s with %s tells that it is %s", async (key, token, accountType, name) => {
    const facts = await look(key, token);

    expect(facts).toMatchObject({ accountType, name });
    expect(facts.createdAt).toMatch(/^\d{4}-.*Z$/);
  });

  it.each([
    ["F1", "token1:F2"],
    ["G3", "token1:G3"],
  ])("%s with %s is denied", async (key, token) => {
    await expect(look(key, token)).rejects.toMatchObject({ code: "workspace-denied" });
  });

  it("does not take an account type that nobody knows", async () => {
    const body = { FriendlyName: "x", Type: "Strange" };
    const where = { surface: "studio", method: "GET", pathPattern: "." } as const;
    simulators.faults.add([{ ...where, nth: 1, times: 1, action: { status: 200, body } }]);

    await expect(look("F1", "token1:F1")).rejects.toMatchObject({ code: "source-invalid" });
  });
});
