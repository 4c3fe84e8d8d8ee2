import { expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { tidyRegistrations } from "../../../shared/pipeline/remove-workspace.ts";
import { aRegistration } from "../../support/contracts/workspace-registry-contract.ts";
import { memoryStage, upkeepStage } from "../../support/stage.ts";

const HOUR_MS = 3_600_000;

/** A stage with three guest workspaces and a free one, all registered an hour after the guests began. */
async function registered() {
  const stage = upkeepStage(memoryStage());
  const createdAt = stage.clock.now();
  stage.clock.advance(HOUR_MS);
  for (const digit of ["a", "b", "c", "f"]) {
    const accountType = digit === "f" ? ("free" as const) : ("guest" as const);
    // Of the last guest nobody knows when it began.
    const began = digit === "c" ? null : createdAt;
    const registeredAt = stage.clock.now();
    const changes = { accountType, createdAt: began, registeredAt, changedAt: registeredAt };
    await stage.registry.save(aRegistration(digit, changes), null);
    await stage.vault.put(`workspace-${digit}`, `token-${digit}`);
  }
  const tokens = () => [...stage.registrations.vault.secrets.values()].join(" ");
  return { stage, tokens };
}

it("purges the tokens of guest workspaces that have ended, not one earlier, and no other", async () => {
  const { stage, tokens } = await registered();

  stage.clock.advance(7 * HOUR_MS + stage.pace.leaseMs - 1);
  await purgeExpired(stage);
  const before = tokens();
  stage.clock.advance(1);
  const run = await purgeExpired(stage);
  const after = tokens();
  stage.clock.advance(HOUR_MS);
  await purgeExpired(stage);

  expect(before).toBe("token-a token-b token-c token-f");
  expect([run.looked, run.failed, after]).toEqual([2, 0, "token-c token-f"]);
  expect(tokens()).toBe("token-f");
  const told = stage.lines.filter((line) => line.includes('"event":"workspace-removed"'));
  expect(told).toHaveLength(3);
});

it("purges the others when the vault refuses one, tells of that, and the tidying comes back to it", async () => {
  const { stage, tokens } = await registered();
  const { vault } = stage.registrations;
  vault.onCall = (_call, name) => {
    if (name === "workspace-a") throw new AppError("store-unavailable", "The vault is away");
  };
  stage.clock.advance(9 * HOUR_MS);

  const run = await purgeExpired(stage);
  const left = tokens();
  stage.clock.advance(HOUR_MS);
  // While the vault refuses that one, what others have left behind goes all the same.
  const stale = { secretName: null, stale: ["workspace-z"] };
  await stage.registry.save(aRegistration("d", stale), null);
  await stage.vault.put("workspace-z", "token-z");
  await expect(tidyRegistrations(stage)).rejects.toMatchObject({ code: "store-unavailable" });
  const still = tokens();
  vault.onCall = () => undefined;
  stage.clock.advance(HOUR_MS);
  await tidyRegistrations(stage);

  expect([run.looked, run.failed, left]).toEqual([3, 1, "token-a token-f"]);
  expect(still).toBe("token-a token-f");
  expect(stage.lines.filter((line) => line.includes("forget-failed"))).toEqual([
    expect.stringContaining(`"workspaceId":"${"a".repeat(32)}","code":"store-unavailable"`),
  ]);
  expect(tokens()).toBe("token-f");
});
