import { describe, expect, it } from "vitest";
import { hexOf } from "../../../local/simulators/seed/derived-ids.ts";
import { allowed, armAsset } from "../../support/providers/arm-to-erase.ts";
import {
  callLines,
  eraserFor,
  estateForEachTest,
  listedAsset,
} from "../../support/providers/eraser-on-simulators.ts";

const { current } = estateForEachTest();

describe("calls that no client ever made in public", () => {
  const KINDS = ["trained-model", "transform", "project", "gateway"] as const;

  it.each(KINDS)("are not made for a %s, and it is said why", async (kind) => {
    const eraser = current().eraser();
    const workspace = await current().paid("S1");
    const asset = await listedAsset(current(), "S1", kind);

    const erasure = eraser.erase(workspace, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "not-supported" });
    expect(eraser.notErasable(workspace, asset)).toMatchObject({ why: "unverified-call" });
    expect(callLines(current(), "DELETE")).toEqual([]);
  });

  it.each(KINDS)("are made for a %s where a setting says so", async (kind) => {
    current().simulators.switches.change({ unverifiedCalls: true });
    const eraser = current().eraser({ unverifiedCalls: true });
    const workspace = await current().paid("S1");
    const asset = await listedAsset(current(), "S1", kind);

    const erasure = await eraser.erase(workspace, asset, allowed);

    expect(erasure).toEqual({ is: "claimed" });
    expect(await eraser.remaining(workspace, [asset])).toEqual([]);
    expect(await eraser.erase(workspace, asset, allowed)).toEqual({ is: "gone" });
  });

  it.each(KINDS)("do not make a %s gone when the service does not know them", async (kind) => {
    const eraser = current().eraser({ unverifiedCalls: true });
    const workspace = await current().paid("S1");
    const asset = await listedAsset(current(), "S1", kind);

    const erasure = eraser.erase(workspace, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "not-supported" });
    expect(await eraser.remaining(workspace, [asset])).toEqual([asset]);
  });

  it("take one person from the users of a workspace where a setting says so, and nobody else", async () => {
    current().simulators.switches.change({ unverifiedCalls: true });
    const eraser = current().eraser({ unverifiedCalls: true });
    const workspace = await current().paid("S1");
    const user = (person: string) =>
      armAsset("users", `${workspace.workspaceId}/${hexOf(`user:${person}`, 16).toUpperCase()}`);
    const [jonas, lucy] = [user("jonas"), user("lucy")];

    const before = await eraser.remaining(workspace, [jonas, lucy]);
    const erasure = await eraser.erase(workspace, jonas, allowed);

    expect(before).toEqual([jonas, lucy]);
    expect(erasure).toEqual({ is: "claimed" });
    expect(await eraser.remaining(workspace, [jonas, lucy])).toEqual([lucy]);
    expect(callLines(current(), "DELETE")).toHaveLength(1);
    expect(current().eraser().notErasable(workspace, lucy)).toMatchObject({
      why: "unverified-call",
    });
    const elsewhere = armAsset("users", `${"f".repeat(32)}/1`);
    await expect(eraser.erase(workspace, elsewhere, allowed)).rejects.toMatchObject({
      code: "outbound-refused",
    });
  });

  it("do not delete a free workspace, which its owner does in Studio", () => {
    const { eraser, workspace } = eraserFor(current(), "F3");
    const asset = armAsset("workspace", workspace.workspaceId);

    expect(eraser.notErasable(workspace, asset)).toMatchObject({
      why: "unverified-call",
      detail: expect.stringContaining("Settings, Delete workspace"),
    });
  });

  it("delete a free workspace where a setting says so", async () => {
    current().simulators.switches.change({ freeWorkspaceDelete: "204" });
    const { eraser, workspace } = eraserFor(current(), "F1", { freeWorkspaceDelete: true });
    const asset = armAsset("workspace", workspace.workspaceId);
    const settings = armAsset("workspace-settings", workspace.workspaceId);
    const before = await eraser.remaining(workspace, [asset, settings]);

    const erasure = await eraser.erase(workspace, asset, allowed);

    expect(before).toEqual([asset, settings]);
    expect(erasure).toEqual({ is: "claimed" });
    expect(await eraser.remaining(workspace, [asset])).toEqual([]);
    // It refuses its token now, for whatever was in it: that is its end where the workspace is looked for too.
    const dataset = armAsset("dataset", `${workspace.workspaceId}.${"a".repeat(32)}.v1-default-1`);
    expect(await eraser.remaining(workspace, [dataset, asset])).toEqual([]);
    await expect(eraser.remaining(workspace, [dataset])).rejects.toMatchObject({
      code: "workspace-denied",
    });
  });

  it("leave a free workspace alone that the service does not delete, or that is another one", async () => {
    const { eraser, workspace } = eraserFor(current(), "F1", { freeWorkspaceDelete: true });
    const asset = armAsset("workspace", workspace.workspaceId);
    const another = { ...workspace, createdAt: "2001-01-01T00:00:00.000Z" };

    await expect(eraser.erase(workspace, asset, allowed)).rejects.toMatchObject({
      code: "not-supported",
    });
    await expect(eraser.erase(another, asset, allowed)).rejects.toMatchObject({
      code: "plan-stale",
    });
    expect(await eraser.remaining(workspace, [asset])).toEqual([asset]);
  });

  it("never delete a guest workspace, whose end is told; its assets are deleted", async () => {
    const { eraser, workspace } = eraserFor(current(), "G1", { freeWorkspaceDelete: true });
    const guest = { ...workspace, createdAt: "2026-01-15T08:00:00.000Z" };
    const asset = armAsset("workspace", guest.workspaceId);
    const dataset = await listedAsset(current(), "G1", "dataset");

    const erasure = eraser.erase(guest, asset, allowed);

    await expect(erasure).rejects.toMatchObject({ code: "not-supported" });
    expect(eraser.notErasable(guest, asset)).toMatchObject({
      why: "not-deletable",
      detail: expect.stringContaining("2026-01-15T16:00:00.000Z"),
    });
    expect(await eraser.erase(guest, dataset, allowed)).toEqual({ is: "claimed" });
  });
});
