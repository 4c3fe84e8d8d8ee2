import { randomBytes } from "node:crypto";
import { TableClient } from "@azure/data-tables";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { azurite } from "../../local/stack/azurite.ts";
import { startChild } from "../../local/stack/child-process.ts";
import { claimPorts } from "../../local/stack/ports.ts";
import { storageCredential } from "./stack/storage-token.ts";
import { temporaryFolder } from "./stack/temporary-folder.ts";
import { trustedCertificateFiles } from "./trusted-certificate.ts";

/** A storage account to test on; `await using` ends what was started for it. */
export interface StorageAccount extends AsyncDisposable {
  readonly blobs: BlobServiceClient;
  /** The client of a table that nobody else uses; it is made by whoever uses it first. */
  table(): TableClient;
}

/**
 * The storage accounts to test on: Azurite, and the account of Azure that `STUDIO_DSR_TEST_STORAGE` names
 * (its name only; the caller needs data roles for blobs and tables).
 */
export function storageAccounts(): readonly (readonly [string, () => Promise<StorageAccount>])[] {
  const account = process.env["STUDIO_DSR_TEST_STORAGE"];
  if (account === undefined) return [["Azurite", startAzurite]];
  return [
    ["Azurite", startAzurite],
    ["Azure Storage", () => openAccount(account)],
  ];
}

/**
 * Starts Azurite as the app meets it: HTTPS with a certificate of a local authority, which this process
 * trusts from then on, and Entra tokens.
 */
export async function startAzurite(): Promise<StorageAccount> {
  const resources = new AsyncDisposableStack();
  try {
    const folder = resources.use(await temporaryFolder());
    const certificates = await trustedCertificateFiles(folder.path);
    const claim = await claimPorts("any");
    resources.defer(() => claim.release());
    const spec = azurite({ dataDir: folder.path, ports: claim.ports, certificates });
    const child = startChild(spec, () => {});
    resources.defer(() => child.end());
    const urls = await child.ready;
    return clients(urls.blob, urls.table, storageCredential(), () => resources.disposeAsync());
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

async function openAccount(name: string): Promise<StorageAccount> {
  const host = (kind: string) => `https://${name}.${kind}.core.windows.net`;
  return clients(host("blob"), host("table"), new DefaultAzureCredential(), async () => {});
}

function clients(
  blobUrl: string,
  tableUrl: string,
  credential: TokenCredential,
  end: () => Promise<void>,
): StorageAccount {
  const tables: TableClient[] = [];
  return {
    blobs: new BlobServiceClient(blobUrl, credential),
    table: () => {
      const name = `test${randomBytes(8).toString("hex")}`;
      const table = new TableClient(tableUrl, name, credential);
      tables.push(table);
      return table;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(tables.map((table) => table.deleteTable()));
      await end();
    },
  };
}
