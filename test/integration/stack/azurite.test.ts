import { join } from "node:path";
import { TableClient } from "@azure/data-tables";
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
} from "@azure/storage-blob";
import { expect, it } from "vitest";
import { azurite } from "../../../local/stack/azurite.ts";
import { ensureCertificates } from "../../../local/stack/certificates.ts";
import { startChild } from "../../../local/stack/child-process.ts";
import { claimPorts } from "../../../local/stack/ports.ts";
import { storageCredential } from "../../support/stack/storage-token.ts";
import { temporaryFolder } from "../../support/stack/temporary-folder.ts";
import { trustAuthority } from "../../support/trusted-certificate.ts";

it("serves blobs, tables and user-delegation links over HTTPS, and keeps them over a restart", async () => {
  await using folder = await temporaryFolder();
  const certificates = await ensureCertificates(join(folder.path, "certificates"), new Date());
  await trustAuthority(certificates.caFile);
  const { ports, release } = await claimPorts("any");
  const spec = azurite({ dataDir: folder.path, ports, certificates });
  const first = startChild(spec, () => {});
  const urls = await first.ready;
  const credential = storageCredential();
  const service = new BlobServiceClient(urls.blob, credential);
  const container = service.getContainerClient("export-1");
  await container.create();
  await container.getBlockBlobClient("p/Übersicht 1.csv").upload("a,b\n", 4);
  const table = new TableClient(urls.table, "requests", credential);
  await table.createTable();
  await table.createEntity({ partitionKey: "p", rowKey: "r", state: "accepted" });

  await first.end();
  const second = startChild(spec, () => {});
  await second.ready;

  const expiresOn = new Date(Date.now() + 600_000);
  const key = await service.getUserDelegationKey(new Date(Date.now() - 60_000), expiresOn);
  const sas = generateBlobSASQueryParameters(
    {
      containerName: "export-1",
      permissions: ContainerSASPermissions.parse("rl"),
      protocol: SASProtocol.Https,
      expiresOn,
    },
    key,
    "devstoreaccount1",
  );
  const link = `${container.getBlockBlobClient("p/Übersicht 1.csv").url}?${sas.toString()}`;
  expect(await (await fetch(link)).text()).toBe("a,b\n");
  expect((await fetch(link.replace("sig=", "sig=A"))).status).toBe(403);
  expect((await table.getEntity("p", "r"))["state"]).toBe("accepted");
  await second.end();
  expect(await second.exited).toEqual({ code: 0, signal: null });
  await release();
});
