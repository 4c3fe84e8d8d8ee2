import type { TableClient } from "@azure/data-tables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import type { Simulators } from "../../../local/simulators/start-simulators.ts";
import { containerName } from "../../../shared/adapters/blob-names.ts";
import { keyVaultTokens } from "../../../shared/adapters/key-vault-tokens.ts";
import { tableWorkspaceRegistry } from "../../../shared/adapters/table-workspace-registry.ts";
import { submit } from "../../../shared/pipeline/intake.ts";
import { purgeExpired } from "../../../shared/pipeline/purger.ts";
import { registerWorkspace } from "../../../shared/pipeline/register-workspace.ts";
import { createWorkspaceProbe } from "../../../shared/providers/studio-classic/workspace-probe.ts";
import { type StorageAccount, storageAccounts } from "../../support/azurite.ts";
import { bytesLeft } from "../../support/ended.ts";
import { fanInAssets, fanInPattern } from "../../support/fan-in-pattern.ts";
import { runFanIns } from "../../support/fan-ins.ts";
import { anIntake, requestOf } from "../../support/intakes.ts";
import { aDataset, WORKSPACE } from "../../support/memory/source.ts";
import { transportTo } from "../../support/providers/provider-on-simulators.ts";
import { createRandom } from "../../support/random.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";
import { runToEnd } from "../../support/stage.ts";
import { type StorageStage, stageOnStorage } from "../../support/stage-on-storage.ts";
import { secretClientOn } from "../../support/vault-on-simulators.ts";

const HOUR_MS = 3_600_000;
const SLICES = [1, 1, 2, 3, 5, 8];
const TICKET = "TICKET-4711";

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startTestSimulators();
});
afterAll(() => simulators[Symbol.asyncDispose]());

describe.each(storageAccounts())("on %s", (_place, open) => {
  let account: StorageAccount;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(() => account[Symbol.asyncDispose]());

  it("one sweep seals every fan-in that was killed at its last slice, none early or twice", async () => {
    const { stage } = stageOnStorage(account, fanInAssets(8));
    const pattern = await fanInPattern(8);

    const { unsealedBefore, ...came } = await runFanIns(stage, pattern, SLICES, createRandom(3));

    const fanIns = SLICES.length;
    expect(came).toEqual({ fanIns, killed: fanIns, unsealed: 0, early: 0, twice: 0 });
    expect(unsealedBefore).toBeGreaterThan(0);
  }, 180_000);

  it("the purge removes a guest's container, what came into it later, the token, and the personal data", async () => {
    const { stage: own, tables } = stageOnStorage(account, [aDataset("a.csv", "personal")]);
    own.clock.set(new Date().toISOString());
    const { registry, vault, registration } = await registered(own, account.table());
    const { workspaceId, accountType, createdAt, secretName } = registration;
    const stage = { ...own, registry, vault };
    stage.source.workspace = { ...WORKSPACE, workspaceId, accountType, createdAt };
    const intake = anIntake({ workspaces: [workspaceId] });
    const body = { ...intake.body, externalId: TICKET };
    const requestId = (await submit(stage, { ...intake, body })).request.requestId;
    await runToEnd(stage);
    const container = account.blobs.getContainerClient(containerName(requestId));
    expect(await rowsWith(Object.values(tables), [TICKET])).not.toEqual([]);
    expect(await bytesLeft(stage, [requestId])).toBeGreaterThan(0);

    stage.clock.advance(stage.pace.guestRetentionMs + 5 * 60_000);
    const first = await purgeExpired(stage);
    expect([first.failed, await container.exists()]).toEqual([0, false]);
    await stage.packages.create(requestId);
    await stage.packages.put({ requestId, name: "p/late" }, Buffer.from("late"));
    stage.clock.advance(HOUR_MS);
    const second = await purgeExpired(stage);

    expect([second.failed, await container.exists()]).toEqual([0, false]);
    const events = stage.bus.events.filter(({ type }) => type.endsWith(".purged.v1"));
    expect(events.map(({ subject }) => subject)).toEqual([requestId]);
    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({ state: "completed", submitter: "", externalId: null });
    expect(await stage.receipts.read(requestId)).not.toBeNull();
    // Who did what stays, by object id, with the history; nothing else does.
    const words = [TICKET, intake.submitter];
    expect(await rowsWith(Object.values(tables), words)).toEqual(["history-000001"]);
    expect(await Array.fromAsync(registry.list())).toEqual([]);
    const client = secretClientOn(simulators);
    for (const ask of [client.getSecret(secretName), client.getDeletedSecret(secretName)]) {
      await expect(ask).rejects.toMatchObject({ statusCode: 404 });
    }
    const told = stage.lines.filter((line) => line.includes("workspace-removed"));
    expect(told).toHaveLength(1);
  }, 180_000);
});

/** Registers a guest workspace of the simulators, as a caller does. */
async function registered(stage: StorageStage, table: TableClient) {
  const registrations = {
    ...stage.registrations,
    clock: stage.clock,
    registry: tableWorkspaceRegistry(table),
    vault: keyVaultTokens(secretClientOn(simulators)),
    probe: createWorkspaceProbe(transportTo(simulators)),
    regions: [{ name: "southcentralus", studioUrl: simulators.addresses.studio }],
  };
  const { registration } = await registerWorkspace(registrations, {
    caller: { callerId: "11111111-1111-4111-8111-111111111111", roles: ["Requester"] },
    workspaceId: workspaceIdOf("G1"),
    body: { region: "southcentralus", token: credentialOf("token1:G1") },
  });
  const { registry, vault } = registrations;
  return { registry, vault, registration };
}

/** The keys of the rows that hold one of these words. */
async function rowsWith(tables: readonly TableClient[], words: readonly string[]) {
  const keys: string[] = [];
  for (const table of tables) {
    for await (const row of table.listEntities()) {
      const text = JSON.stringify(row);
      if (words.some((word) => text.includes(word))) keys.push(row.rowKey ?? "");
    }
  }
  return keys;
}
