import { describe, expect, it } from "vitest";
import { callersSchema } from "../../../shared/core/caller-table.ts";
import { reachOf } from "../../../shared/core/reach.ts";

const SUB = "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
const GROUP = `${SUB}/resourceGroups/rg`;
const WORKSPACES = "providers/Microsoft.MachineLearning/workspaces";
const ID = "a".repeat(32);

const reach = reachOf(
  callersSchema.parse({
    "group-tool": { arm: [`${GROUP}/`] },
    "one-tool": { registered: [ID] },
    "FREE-TOOL": { registered: "all", subjects: true },
  }),
);
const inArm = (group: string) => ({
  workspaceId: "b".repeat(32),
  armId: `${SUB}/resourceGroups/${group}/${WORKSPACES}/w`,
});
const registered = { workspaceId: ID, armId: null };

describe("how far a caller reaches", () => {
  it.each([
    ["group-tool", inArm("rg"), true],
    ["group-tool", inArm("RG"), true],
    ["group-tool", inArm("rg-2"), false],
    ["group-tool", registered, false],
    ["one-tool", registered, true],
    ["one-tool", { workspaceId: "c".repeat(32), armId: null }, false],
    ["one-tool", { ...inArm("rg"), workspaceId: ID }, false],
    ["free-tool", registered, true],
    ["free-tool", inArm("rg"), false],
    ["stranger", registered, false],
    ["__proto__", registered, false],
    ["constructor", inArm("rg"), false],
  ] as const)("%s to %j: %s", (caller, workspace, isReached) => {
    const assert = () => reach.assertMayReach(caller, workspace);

    const codes = codeOf(assert);

    expect(codes).toBe(isReached ? null : "workspace-not-found");
  });

  it.each([
    ["group-tool", { workspaces: [inArm("rg").armId] }, null],
    [
      "group-tool",
      { workspaces: [inArm("rg").armId, inArm("other").armId] },
      "workspace-not-found",
    ],
    // An id may be that of a workspace in the group: that shows when it is looked up.
    ["group-tool", { workspaces: [ID] }, null],
    ["one-tool", { assets: [{ kind: "dataset", id: "d", workspace: ID }] }, null],
    ["one-tool", { workspaces: ["c".repeat(32)] }, "workspace-not-found"],
    ["one-tool", { subject: { email: "a@example.org" } }, "forbidden"],
    ["free-tool", { subject: { email: "a@example.org" } }, null],
    ["stranger", { subject: { email: "a@example.org" } }, "forbidden"],
    ["stranger", { workspaces: [ID] }, "workspace-not-found"],
  ] as const)("%s who names %j: %s", (caller, scope, code) => {
    expect(codeOf(() => reach.assertMayName(caller, scope as never))).toBe(code);
  });

  it("is nowhere for who is not in the table, and for the others by the entry *", () => {
    const none = reachOf({});
    const all = reachOf({ "*": { arm: "all", registered: "all", subjects: true } });
    const others = reachOf({ "*": { arm: [], registered: "all", subjects: false } });

    expect(codeOf(() => none.assertMayReach("anybody", inArm("rg")))).toBe("workspace-not-found");
    expect(codeOf(() => all.assertMayReach("anybody", inArm("rg")))).toBeNull();
    expect(codeOf(() => all.assertMayName("anybody", { workspaces: [ID] }))).toBeNull();
    expect(codeOf(() => others.assertMayReach("anybody", registered))).toBeNull();
    expect(codeOf(() => others.assertMayReach("anybody", inArm("rg")))).toBe("workspace-not-found");
  });
});

function codeOf(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
