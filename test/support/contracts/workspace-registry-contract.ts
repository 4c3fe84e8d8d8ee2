import { expect, it } from "vitest";
import type { Registration } from "../../../shared/core/registration.ts";
import type { WorkspaceRegistry } from "../../../shared/pipeline/ports.ts";

const AT = "2026-01-15T09:00:00.000Z";

/** A registration by somebody; the id is one digit, repeated. */
export function aRegistration(digit: string, changes: Partial<Registration> = {}): Registration {
  return {
    workspaceId: digit.repeat(32),
    accountType: "free",
    studioUrl: "https://studioapi.region.invalid",
    createdAt: "2016-02-11T07:42:13.000Z",
    registeredBy: "11111111-1111-4111-8111-111111111111",
    registeredAt: AT,
    secretName: `workspace-${digit}`,
    stale: [],
    changedAt: AT,
    ...changes,
  };
}

/** States what every registry of workspaces promises. `make` gives an empty one. */
export function workspaceRegistryContract(make: () => WorkspaceRegistry): void {
  it("knows nothing at first", async () => {
    const registry = make();

    expect(await registry.load("a".repeat(32))).toBeNull();
    expect(await Array.fromAsync(registry.list())).toEqual([]);
  });

  it("keeps a record, and every change that names its version", async () => {
    const registry = make();
    const first = await registry.save(aRegistration("a"), null);
    const changed = aRegistration("a", { secretName: null, stale: ["workspace-a"] });

    const second = await registry.save(changed, first);

    expect(second).not.toBe(first);
    expect(await registry.load("a".repeat(32))).toEqual({ value: changed, version: second });
  });

  it.each<[string, (version: string) => string | null]>([
    ["as a new one", () => null],
    ["over a version that is over", (version) => version],
  ])("refuses to store a record %s when somebody else changed it", async (_how, named) => {
    const registry = make();
    const version = await registry.save(aRegistration("a"), null);
    const theirs = aRegistration("a", { secretName: "theirs" });
    await registry.save(theirs, version);

    const save = registry.save(aRegistration("a", { secretName: "ours" }), named(version));

    await expect(save).rejects.toMatchObject({ code: "store-conflict" });
    expect((await registry.load("a".repeat(32)))?.value).toEqual(theirs);
  });

  it("refuses to change a record that is gone", async () => {
    const registry = make();
    const version = await registry.save(aRegistration("a"), null);
    await registry.remove("a".repeat(32), version);

    const save = registry.save(aRegistration("a"), version);

    await expect(save).rejects.toMatchObject({ code: "store-conflict" });
  });

  it("lets one of two who store a new record at once win", async () => {
    const registry = make();
    const ours = aRegistration("a", { secretName: "ours" });
    const theirs = aRegistration("a", { secretName: "theirs" });

    const results = await Promise.allSettled([
      registry.save(ours, null),
      registry.save(theirs, null),
    ]);

    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = results[0]?.status === "fulfilled" ? ours : theirs;
    expect((await registry.load("a".repeat(32)))?.value).toEqual(winner);
  });

  it("removes a record of the version that is named, and no other", async () => {
    const registry = make();
    const first = await registry.save(aRegistration("a"), null);
    const second = await registry.save(aRegistration("a", { stale: ["x"] }), first);

    await expect(registry.remove("a".repeat(32), first)).rejects.toMatchObject({
      code: "store-conflict",
    });
    await registry.remove("a".repeat(32), second);
    await registry.remove("a".repeat(32), second);

    expect(await registry.load("a".repeat(32))).toBeNull();
  });

  it("lists all in order of id, or those of one caller, with versions that can be named", async () => {
    const registry = make();
    const byOther = { registeredBy: "o'somebody" };
    await registry.save(aRegistration("c"), null);
    await registry.save(aRegistration("a"), null);
    const version = await registry.save(aRegistration("b", byOther), null);

    const all = await Array.fromAsync(registry.list());
    const theirs = await Array.fromAsync(registry.list("o'somebody"));

    expect(all.map(({ value }) => value.workspaceId[0])).toEqual(["a", "b", "c"]);
    expect(theirs).toEqual([{ value: aRegistration("b", byOther), version }]);
  });
}
