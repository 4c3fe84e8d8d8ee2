import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../../../shared/core/caller.ts";
import { AppError } from "../../../shared/errors.ts";
import { registerWorkspace } from "../../../shared/pipeline/register-workspace.ts";
import { removeWorkspace, tidyRegistrations } from "../../../shared/pipeline/remove-workspace.ts";
import {
  FREE_ID,
  FREE_TOKEN,
  type MemoryRegistrations,
  memoryRegistrations,
  OTHER_FREE_TOKEN,
} from "../../support/memory/registrations.ts";

const ME: Caller = { callerId: "me", roles: ["Requester"] };
const OTHER: Caller = { callerId: "other", roles: ["Requester"] };
const OPERATOR: Caller = { callerId: "operator", roles: ["Operator"] };
const HOUR_MS = 3_600_000;

let stage: MemoryRegistrations;
beforeEach(() => {
  stage = memoryRegistrations();
});

const register = (caller = ME, token = FREE_TOKEN) =>
  registerWorkspace(stage, {
    caller,
    workspaceId: FREE_ID,
    body: { region: "southcentralus", token },
  });

/** The token in force; fails unless the vault holds that one and no other. */
async function onlyToken(): Promise<string | undefined> {
  const secretName = (await stage.registry.load(FREE_ID))?.value.secretName ?? "";
  expect([...stage.vault.secrets.keys()]).toEqual([secretName]);
  return stage.vault.secrets.get(secretName);
}

/** What the vault holds, and the name of the secret that the record names, if there is one. */
async function held() {
  const row = await stage.registry.load(FREE_ID);
  return { secrets: [...stage.vault.secrets], named: row === null ? [] : [row.value.secretName] };
}

const down = () => {
  throw new AppError("store-unavailable", "The vault is away");
};

describe("registering a workspace", () => {
  it("keeps the token in the vault and everything else in the registry", async () => {
    const { registration, isNew } = await register();

    expect([isNew, await onlyToken()]).toEqual([true, FREE_TOKEN]);
    expect(registration).toMatchObject({ accountType: "free", registeredBy: "me", stale: [] });
    const stored = await stage.registry.load(FREE_ID);
    expect(stored?.value).toEqual({ ...registration, stale: [] });
    expect(JSON.stringify([stored, stage.lines])).not.toContain(FREE_TOKEN);
  });

  it("replaces the token and purges the one before", async () => {
    await register();

    const { isNew } = await register(ME, OTHER_FREE_TOKEN);

    expect([isNew, await onlyToken()]).toEqual([false, OTHER_FREE_TOKEN]);
  });

  it("leaves a workspace with who registered it when an Operator replaces the token", async () => {
    await register();

    const { registration } = await register(OPERATOR, OTHER_FREE_TOKEN);

    expect(registration.registeredBy).toBe("me");
  });

  it("stores nothing when the token does not open the workspace", async () => {
    await register();

    await expect(register(ME, "a-token-of-something-else")).rejects.toMatchObject({
      code: "workspace-denied",
    });

    expect(await onlyToken()).toBe(FREE_TOKEN);
  });

  it("is refused to somebody else, whose token stays out of the vault", async () => {
    await register();

    await expect(register(OTHER, OTHER_FREE_TOKEN)).rejects.toMatchObject({ code: "forbidden" });

    expect(await onlyToken()).toBe(FREE_TOKEN);
  });
});

describe("two who register at once", () => {
  it("end with the token of one of them, when they are the same caller", async () => {
    await Promise.all([register(), register(ME, OTHER_FREE_TOKEN), register()]);

    expect([FREE_TOKEN, OTHER_FREE_TOKEN]).toContain(await onlyToken());
  });

  it("end with the workspace in one hand and one refusal, when they are not", async () => {
    const results = await Promise.allSettled([register(), register(OTHER, OTHER_FREE_TOKEN)]);

    const token = await onlyToken();
    const owner = (await stage.registry.load(FREE_ID))?.value.registeredBy;
    expect([owner, token]).toEqual(
      owner === "me" ? ["me", FREE_TOKEN] : ["other", OTHER_FREE_TOKEN],
    );
    expect(results.filter(({ status }) => status === "rejected")).toEqual([
      { status: "rejected", reason: expect.objectContaining({ code: "forbidden" }) },
    ]);
  });

  it("leave no token behind when one is removed while it is being replaced", async () => {
    await register();

    await Promise.all([register(ME, OTHER_FREE_TOKEN), removeWorkspace(stage, ME, FREE_ID)]);

    const { secrets, named } = await held();
    expect(secrets).toEqual(named.map((name) => [name, OTHER_FREE_TOKEN]));
  });

  it.each([1, 2, 3, 4, 5, 6])("leave nothing when a removal comes in at step %i", async (step) => {
    await register();
    let steps = 0;
    stage.registry.onSave = async () => {
      steps += 1;
      if (steps === step) await removeWorkspace(stage, ME, FREE_ID);
    };
    stage.vault.onCall = async () => {
      steps += 1;
      if (steps === step) await removeWorkspace(stage, ME, FREE_ID);
    };

    await register(ME, OTHER_FREE_TOKEN);

    const { secrets, named } = await held();
    expect(secrets).toEqual(named.map((name) => [name, OTHER_FREE_TOKEN]));
  });
});

describe("what a call that does not end leaves", () => {
  it("is the token before, when the vault is away; the next call goes on", async () => {
    await register();
    stage.vault.onCall = (call) => (call === "put" ? down() : undefined);

    await expect(register(ME, OTHER_FREE_TOKEN)).rejects.toMatchObject({
      code: "store-unavailable",
    });
    expect(await onlyToken()).toBe(FREE_TOKEN);

    stage.vault.onCall = () => undefined;
    await register(ME, OTHER_FREE_TOKEN);
    expect(await onlyToken()).toBe(OTHER_FREE_TOKEN);
  });

  it("is not registered when its record was never finished, and is purged later", async () => {
    let saves = 0;
    stage.registry.onSave = () => {
      saves += 1;
      if (saves === 2) down();
    };
    await expect(register()).rejects.toMatchObject({ code: "store-unavailable" });
    expect(stage.vault.secrets.size).toBe(1);

    await tidyRegistrations(stage);
    expect(stage.vault.secrets.size).toBe(1);
    stage.clock.advance(HOUR_MS);
    await tidyRegistrations(stage);

    expect(stage.vault.secrets.size).toBe(0);
    expect(await stage.registry.load(FREE_ID)).toBeNull();
  });

  it("is taken over by somebody else who registers it for the first time", async () => {
    stage.vault.onCall = (call) => (call === "put" ? down() : undefined);
    await expect(register()).rejects.toThrow("away");
    stage.vault.onCall = () => undefined;

    const { registration } = await register(OTHER, OTHER_FREE_TOKEN);

    expect(registration.registeredBy).toBe("other");
    expect(await onlyToken()).toBe(OTHER_FREE_TOKEN);
  });

  it("is gone for callers at once when it is removed, and is purged by the next try", async () => {
    await register();
    stage.vault.onCall = (call) => (call === "purge" ? down() : undefined);

    await expect(removeWorkspace(stage, ME, FREE_ID)).rejects.toThrow("away");
    expect((await stage.registry.load(FREE_ID))?.value.secretName).toBeNull();
    stage.vault.onCall = () => undefined;
    await removeWorkspace(stage, ME, FREE_ID);

    expect([stage.vault.secrets.size, await stage.registry.load(FREE_ID)]).toEqual([0, null]);
  });
});

it("tidying up leaves what is registered as it is", async () => {
  await register();
  const before = await stage.registry.load(FREE_ID);
  stage.clock.advance(HOUR_MS);

  await tidyRegistrations(stage);

  expect(await stage.registry.load(FREE_ID)).toEqual(before);
  expect(await onlyToken()).toBe(FREE_TOKEN);
});
