import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import type { ArmClient, ArmWorkspace } from "../../../shared/providers/arm/client.ts";
import { createArmDirectory } from "../../../shared/providers/arm/directory.ts";
import { memoryClock } from "../../support/memory/clock.ts";

const CONTOSO: ArmWorkspace = {
  armId: "/subscriptions/a/contoso",
  name: "contoso-churn",
  workspaceId: "B577BBF6-C466-40C8-22E2-A6E3D255D437",
  workspaceType: "PaidStandard",
  studioEndpoint: "https://studioapi.azureml.example:443/",
  creationTime: "2017-03-01T23:14:37.0707808Z",
};
const WORKSPACE_ID = "b577bbf6c46640c822e2a6e3d255d437";
const WORKSPACE = {
  workspaceId: WORKSPACE_ID,
  armId: "/subscriptions/a/contoso",
  name: "contoso-churn",
  accountType: "standard",
  studioUrl: "https://studioapi.azureml.example",
  createdAt: "2017-03-01T23:14:37.070Z",
} as const;

describe("the directory", () => {
  it("finds a workspace by its ARM id", async () => {
    const { directory } = directoryOf({ a: [CONTOSO] });

    const found = await directory.find({ by: "arm-id", armId: CONTOSO.armId, subscriptionId: "a" });

    expect(found).toEqual(WORKSPACE);
  });

  it("finds a workspace by its id in any subscription, also when ARM writes it with dashes", async () => {
    const { directory } = directoryOf({
      empty: [],
      a: [{ ...CONTOSO, workspaceId: "1" }, CONTOSO],
    });

    const found = await directory.find({ by: "workspace-id", workspaceId: WORKSPACE_ID });

    expect(found).toEqual(WORKSPACE);
  });

  it("passes over a subscription that refuses us while another has the workspace", async () => {
    const { directory } = directoryOf({ closed: "workspace-denied", a: [CONTOSO] });

    const found = await directory.find({ by: "workspace-id", workspaceId: WORKSPACE_ID });

    expect(found).toEqual(WORKSPACE);
  });

  it("does not say that a workspace is not there when a subscription refuses us", async () => {
    const { directory } = directoryOf({ closed: "workspace-denied", a: [] });

    const found = directory.find({ by: "workspace-id", workspaceId: WORKSPACE_ID });

    await expect(found).rejects.toMatchObject({ code: "workspace-denied" });
  });

  it("does not pass over a subscription that cannot be read now", async () => {
    const { directory } = directoryOf({ down: "source-unavailable", a: [CONTOSO] });

    const found = directory.find({ by: "workspace-id", workspaceId: WORKSPACE_ID });

    await expect(found).rejects.toMatchObject({ code: "source-unavailable" });
  });

  it("says when no subscription has the workspace", async () => {
    const { directory } = directoryOf({ a: [CONTOSO] });

    const found = directory.find({ by: "workspace-id", workspaceId: "0".repeat(32) });

    await expect(found).rejects.toMatchObject({
      code: "workspace-not-found",
      message: "ARM has no such workspace, or we may not see it",
    });
  });

  it.each([
    ["PaidStandard", "standard"],
    ["PaidPremium", "standard"],
    ["production", "standard"],
    ["Free", "free"],
    ["Anonymous", "guest"],
  ])("takes the workspace type %s for a %s account", async (workspaceType, accountType) => {
    const { directory } = directoryOf({ a: [{ ...CONTOSO, workspaceType }] });

    const found = await directory.find({ by: "workspace-id", workspaceId: WORKSPACE_ID });

    expect(found.accountType).toBe(accountType);
  });

  it.each([
    ["an unknown type", { workspaceType: "Gold" }],
    ["an id of another form", { workspaceId: "b577" }],
    ["no Studio address", { studioEndpoint: "studioapi" }],
  ])("refuses a workspace with %s", async (_what, change) => {
    const { directory } = directoryOf({ a: [{ ...CONTOSO, ...change }] });

    const found = directory.find({ by: "arm-id", armId: CONTOSO.armId, subscriptionId: "a" });

    await expect(found).rejects.toMatchObject({ code: "source-invalid" });
  });
});

describe("a workspace's token", () => {
  it("is read once for all who ask within ten minutes", async () => {
    const { directory, clock } = directoryOf({ a: [CONTOSO] });

    const first = await Promise.all([directory.keyOf(WORKSPACE), directory.keyOf(WORKSPACE)]);
    clock.advance(599_999);
    const last = await directory.keyOf(WORKSPACE);
    clock.advance(1);
    const next = await directory.keyOf(WORKSPACE);

    expect([...first, last]).toEqual(["token-1", "token-1", "token-1"]);
    expect(next).toBe("token-2");
  });

  it("is read again when it was dropped", async () => {
    const { directory } = directoryOf({ a: [CONTOSO] });

    await directory.keyOf(WORKSPACE);
    directory.drop(WORKSPACE);

    expect(await directory.keyOf(WORKSPACE)).toBe("token-2");
  });

  it("is read again when it could not be read", async () => {
    const { directory, failNextKey } = directoryOf({ a: [CONTOSO] });
    failNextKey();

    await expect(directory.keyOf(WORKSPACE)).rejects.toMatchObject({ code: "workspace-locked" });

    expect(await directory.keyOf(WORKSPACE)).toBe("token-2");
  });

  it("is denied for a workspace outside ARM", async () => {
    const { directory } = directoryOf({});

    const key = directory.keyOf({ ...WORKSPACE, accountType: "guest", armId: null });

    await expect(key).rejects.toMatchObject({ code: "workspace-denied" });
  });
});

/** A directory over subscriptions that hold workspaces, or fail with a code. */
function directoryOf(
  subscriptions: Record<
    string,
    readonly ArmWorkspace[] | "workspace-denied" | "source-unavailable"
  >,
) {
  const clock = memoryClock();
  let keys = 0;
  let isKeyLocked = false;
  const arm: ArmClient = {
    async workspace(armId) {
      const all = Object.values(subscriptions).flatMap((held) => (Array.isArray(held) ? held : []));
      const found = all.find(
        (workspace) => workspace.armId === armId && workspace.workspaceId !== "1",
      );
      if (found === undefined) throw new AppError("workspace-not-found", "no such workspace");
      return found;
    },
    async *workspaces(subscriptionId) {
      const held = subscriptions[subscriptionId] ?? [];
      if (typeof held === "string") throw new AppError(held, "cannot be listed");
      yield* held.map(({ armId, workspaceId }) => ({ armId, workspaceId }));
    },
    async primaryToken() {
      keys += 1;
      const wasLocked = isKeyLocked;
      isKeyLocked = false;
      if (wasLocked) throw new AppError("workspace-locked", "locked");
      return `token-${keys}`;
    },
  };
  const subscriptionIds = Object.keys(subscriptions);
  return {
    directory: createArmDirectory({ arm, subscriptionIds, clock }),
    clock,
    failNextKey: () => {
      isKeyLocked = true;
    },
  };
}
