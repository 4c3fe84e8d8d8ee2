import { beforeEach, describe, expect, it } from "vitest";
import type { Workspace } from "../../../shared/core/request.ts";
import { AppError, type ErrorCode } from "../../../shared/errors.ts";
import type { Directory } from "../../../shared/pipeline/ports.ts";
import { registerWorkspace } from "../../../shared/pipeline/register-workspace.ts";
import { removeWorkspace } from "../../../shared/pipeline/remove-workspace.ts";
import { createDirectory } from "../../../shared/providers/directory.ts";
import { type KeyCache, keyCache } from "../../../shared/providers/key-cache.ts";
import {
  FREE_ID,
  FREE_TOKEN,
  GUEST_TOKEN,
  type MemoryRegistrations,
  memoryRegistrations,
  OTHER_FREE_TOKEN,
} from "../../support/memory/registrations.ts";
import { WORKSPACE } from "../../support/memory/source.ts";

const CALLER = { callerId: "me", roles: ["Requester"] } as const;
const FREE = { by: "workspace-id", workspaceId: FREE_ID } as const;
const CHURN = { by: "workspace-id", workspaceId: WORKSPACE.workspaceId } as const;
const PAID: Workspace = { ...WORKSPACE, armId: "/subscriptions/x" };

let stage: MemoryRegistrations;
let directory: Directory & KeyCache;
beforeEach(() => {
  stage = memoryRegistrations();
  directory = createDirectory({ ...stage, arm: armWith(PAID) });
});

function armWith(workspace: Workspace): Directory & KeyCache {
  return {
    find: async (ref) => {
      if (ref.by === "workspace-id" && ref.workspaceId === workspace.workspaceId) return workspace;
      throw new AppError("workspace-not-found", "ARM has no such workspace");
    },
    expiresAt: async () => null,
    list: async function* () {
      yield { workspace, failure: null };
    },
    ...keyCache(stage.clock, async () => "token-of-arm"),
  };
}

const register = (token: string) =>
  registerWorkspace(stage, {
    caller: CALLER,
    workspaceId: FREE_ID,
    body: { region: "southcentralus", token },
  });

function refuse(token: string, code: ErrorCode): void {
  const { look } = stage.probe;
  stage.probe.look = async (door) => {
    if (door.token === token) throw new AppError(code, "No");
    return look(door);
  };
}

describe("the directory of all workspaces", () => {
  it("lists what is registered and what ARM lists, and what cannot be looked up with the reason", async () => {
    await register(FREE_TOKEN);
    const all = await Array.fromAsync(directory.list());
    refuse(FREE_TOKEN, "workspace-denied");

    const [away] = await Array.fromAsync(directory.list());

    expect(all).toMatchObject([
      { workspace: { workspaceId: FREE_ID, name: "Free-Workspace" }, failure: null },
      { workspace: PAID, failure: null },
    ]);
    expect(away).toMatchObject({
      workspace: { workspaceId: FREE_ID, accountType: "free" },
      failure: { code: "workspace-denied" },
    });
  });

  it("finds a registered workspace, with the name that the service tells", async () => {
    await register(FREE_TOKEN);

    expect(await directory.find(FREE)).toEqual({
      workspaceId: FREE_ID,
      armId: null,
      name: "Free-Workspace",
      accountType: "free",
      studioUrl: "https://studioapi.region.invalid",
      createdAt: "2026-01-15T08:00:00.000Z",
    });
  });

  it("finds what is not registered through ARM, with ARM's token", async () => {
    const found = await directory.find(CHURN);

    expect(found).toBe(PAID);
    expect(await directory.keyOf(found)).toBe("token-of-arm");
  });

  it("says what to do when neither has it", async () => {
    await expect(directory.find(FREE)).rejects.toMatchObject({
      code: "workspace-not-found",
      message: expect.stringContaining("registered"),
    });
  });

  it("does not find a workspace whose registration was removed", async () => {
    await register(FREE_TOKEN);
    await removeWorkspace(stage, CALLER, FREE_ID);

    await expect(directory.find(FREE)).rejects.toMatchObject({ code: "workspace-not-found" });
  });

  it.each(["workspace-denied", "workspace-not-found", "source-unavailable"] as const)(
    "hands on %s of a free workspace that is registered",
    async (code) => {
      await register(FREE_TOKEN);
      refuse(FREE_TOKEN, code);

      await expect(directory.find(FREE)).rejects.toMatchObject({ code, message: "No" });
    },
  );

  it.each([
    ["workspace-denied", "guest-workspace-expired"],
    ["workspace-not-found", "guest-workspace-expired"],
    ["source-unavailable", "source-unavailable"],
  ] as const)("takes %s of a guest workspace for %s", async (code, told) => {
    await register(GUEST_TOKEN);
    refuse(GUEST_TOKEN, code);

    await expect(directory.find(FREE)).rejects.toMatchObject({ code: told });
  });

  it("knows when a guest workspace ends, without asking the service", async () => {
    await register(GUEST_TOKEN);
    const asked = stage.asked.length;

    const ends = [await directory.expiresAt(FREE), await directory.expiresAt(CHURN)];

    expect(ends).toEqual(["2026-01-15T16:00:00.000Z", null]);
    expect(stage.asked).toHaveLength(asked);
  });
});

describe("the token of a registered workspace", () => {
  it("is read once in ten minutes, by many callers at once too", async () => {
    await register(FREE_TOKEN);
    const free = await directory.find(FREE);
    let reads = 0;
    stage.vault.onCall = () => {
      reads += 1;
    };

    await Promise.all([directory.keyOf(free), directory.keyOf(free)]);
    stage.clock.advance(10 * 60_000 - 1);
    const token = await directory.keyOf(free);
    expect([token, reads]).toEqual([FREE_TOKEN, 1]);
    stage.clock.advance(1);
    await directory.keyOf(free);

    expect(reads).toBe(2);
  });

  it("is the new one once the old one was refused and dropped", async () => {
    await register(FREE_TOKEN);
    const free = await directory.find(FREE);
    await directory.keyOf(free);
    await register(OTHER_FREE_TOKEN);

    const kept = await directory.keyOf(free);
    directory.drop(free);

    expect([kept, await directory.keyOf(free)]).toEqual([FREE_TOKEN, OTHER_FREE_TOKEN]);
  });

  it("is denied when the registration was removed, until it is registered again", async () => {
    await register(FREE_TOKEN);
    const free = await directory.find(FREE);
    await removeWorkspace(stage, CALLER, FREE_ID);

    await expect(directory.keyOf(free)).rejects.toMatchObject({ code: "workspace-denied" });
    await register(FREE_TOKEN);

    expect(await directory.keyOf(free)).toBe(FREE_TOKEN);
  });
});
