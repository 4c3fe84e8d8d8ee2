import { afterAll, beforeAll, describe } from "vitest";
import { blobReceipts } from "../../../shared/adapters/blob-receipts.ts";
import { type StorageAccount, storageAccounts } from "../../support/azurite.ts";
import { receiptsContract } from "../../support/contracts/receipts-contract.ts";

describe.each(storageAccounts())("receipts on %s", (_place, open) => {
  let account: StorageAccount;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(() => account[Symbol.asyncDispose]());

  receiptsContract(() => blobReceipts(account.blobs));
});
