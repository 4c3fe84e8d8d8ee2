import { blobPackages } from "../../shared/adapters/blob-packages.ts";
import { blobReceipts } from "../../shared/adapters/blob-receipts.ts";
import { tableClaims } from "../../shared/adapters/table-claims.ts";
import { tableControls } from "../../shared/adapters/table-controls.ts";
import { tableDueIndex } from "../../shared/adapters/table-due-index.ts";
import { tableIntents } from "../../shared/adapters/table-intents.ts";
import { tableLedger } from "../../shared/adapters/table-ledger.ts";
import { tableRequestList } from "../../shared/adapters/table-request-list.ts";
import { tableSlices } from "../../shared/adapters/table-slices.ts";
import type { StorageAccount } from "./azurite.ts";
import type { SourceAsset } from "./memory/source.ts";
import { type MemoryStage, memoryStage } from "./stage.ts";

/** A stage whose store is a storage account, with the clock, bus and source of a test. */
export type StorageStage = Omit<MemoryStage, "packages"> & {
  readonly packages: ReturnType<typeof blobPackages>;
};

/** The tables that stage is on, for a test that looks at their rows. */
export type Tables = Record<"requests" | "due" | "list", ReturnType<StorageAccount["table"]>>;

/** A stage on an account, in tables of its own. */
export function stageOnStorage(
  account: StorageAccount,
  assets: SourceAsset[],
): { readonly stage: StorageStage; readonly tables: Tables } {
  const tables = { requests: account.table(), due: account.table(), list: account.table() };
  const stage = memoryStage(assets);
  return {
    tables,
    stage: {
      ...stage,
      ledger: tableLedger(tables.requests),
      slices: tableSlices(tables.requests),
      intents: tableIntents(tables.requests),
      controls: tableControls(account.table()),
      claims: tableClaims(account.table()),
      dueIndex: tableDueIndex(tables.due, "due"),
      purgeIndex: tableDueIndex(tables.due, "purge"),
      deadlineIndex: tableDueIndex(tables.due, "deadline"),
      list: tableRequestList(tables.list),
      packages: blobPackages(account.blobs, stage.clock),
      receipts: blobReceipts(account.blobs),
    },
  };
}
