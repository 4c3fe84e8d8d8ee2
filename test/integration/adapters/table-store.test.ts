import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableClaims } from "../../../shared/adapters/table-claims.ts";
import { tableControls } from "../../../shared/adapters/table-controls.ts";
import { tableDueIndex } from "../../../shared/adapters/table-due-index.ts";
import { tableIntents } from "../../../shared/adapters/table-intents.ts";
import { tableLedger } from "../../../shared/adapters/table-ledger.ts";
import { tableRequestList } from "../../../shared/adapters/table-request-list.ts";
import { tableSlices } from "../../../shared/adapters/table-slices.ts";
import { tableWorkspaceRegistry } from "../../../shared/adapters/table-workspace-registry.ts";
import { type StorageAccount, storageAccounts } from "../../support/azurite.ts";
import { claimsContract } from "../../support/contracts/claims-contract.ts";
import { controlsContract } from "../../support/contracts/controls-contract.ts";
import { dueIndexContract } from "../../support/contracts/due-index-contract.ts";
import { intentsContract } from "../../support/contracts/intents-contract.ts";
import { ledgerContract } from "../../support/contracts/ledger-contract.ts";
import { requestListContract } from "../../support/contracts/request-list-contract.ts";
import { sampleChange, sampleEntry, sampleRequest } from "../../support/contracts/samples.ts";
import { slicesContract } from "../../support/contracts/slices-contract.ts";
import { workspaceRegistryContract } from "../../support/contracts/workspace-registry-contract.ts";

describe.each(storageAccounts())("on %s", (_place, open) => {
  let account: StorageAccount;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(() => account[Symbol.asyncDispose]());

  const requests = () => {
    const table = account.table();
    return { ledger: tableLedger(table), slices: tableSlices(table) };
  };
  describe("table ledger", () => {
    ledgerContract(requests);

    it("keeps a request of half a million characters", async () => {
      const { ledger } = requests();
      const request = sampleRequest({ auditHead: "é".repeat(500_000) });

      await ledger.create(sampleChange(request));

      expect((await ledger.load(request.requestId))?.value.auditHead).toHaveLength(500_000);
    });

    it("refuses a change that does not fit into one transaction, and stores nothing", async () => {
      const { ledger } = requests();
      const request = sampleRequest();
      const history = Array.from({ length: 100 }, (_unused, index) => sampleEntry(index + 1));

      const creation = ledger.create(sampleChange(request, { history }));

      await expect(creation).rejects.toMatchObject({ code: "internal" });
      expect(await ledger.load(request.requestId)).toBeNull();
    });
  });
  describe("table slices", () => {
    slicesContract(requests);
  });
  describe("table due index", () => {
    dueIndexContract(() => tableDueIndex(account.table()));
  });
  describe("table workspace registry", () => {
    workspaceRegistryContract(() => tableWorkspaceRegistry(account.table()));
  });
  describe("table intents", () => {
    intentsContract(() => tableIntents(account.table()));
  });
  describe("table controls", () => {
    controlsContract(() => tableControls(account.table()));
  });
  describe("table claims", () => {
    claimsContract(() => tableClaims(account.table()));
  });
  describe("table request list", () => {
    requestListContract(() => tableRequestList(account.table()));

    it("stores nothing of a request's scope", async () => {
      const table = account.table();
      const request = sampleRequest({ scope: { subject: { email: "canary@example.org" } } });

      await tableRequestList(table).put(request);

      const rows = [];
      for await (const row of table.listEntities()) rows.push(JSON.stringify(row));
      expect(rows.join()).toContain(request.requestId);
      expect(rows.join()).not.toContain("canary");
    });
  });
});
