import { createHash } from "node:crypto";
import {
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { eachLimited } from "../../shared/pipeline/each-limited.ts";

/** A storage account as seen by its owner: places for peers to copy to, and what was really stored. */
export interface BlobAccount {
  /** Makes a container, and returns its address with a shared-access signature for an hour. */
  makeContainer(name: string): Promise<string>;
  /** Reads every blob of a container, or those whose names begin so, and returns the SHA-256 of each, in hex. */
  digests(container: string, prefix?: string): Promise<readonly string[]>;
  /** Whether there is a blob of that name. */
  has(container: string, blob: string): Promise<boolean>;
  /** Removes a container, so that the next one is measured beside an empty store. */
  remove(container: string): Promise<void>;
}

/** Azurite's only account and its public key: https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
const CREDENTIAL = new StorageSharedKeyCredential(
  "devstoreaccount1",
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
);

const HOUR_MS = 3_600_000;
const READS_AT_A_TIME = 8;

/** The account at that address. */
export function blobAccount(url: string): BlobAccount {
  const client = new BlobServiceClient(url, CREDENTIAL);
  return {
    makeContainer: async (name) => {
      const container = client.getContainerClient(name);
      await container.create();
      const permissions = ContainerSASPermissions.parse("racwdl");
      const expiresOn = new Date(Date.now() + HOUR_MS);
      const terms = { containerName: name, permissions, expiresOn };
      return `${container.url}?${generateBlobSASQueryParameters(terms, CREDENTIAL).toString()}`;
    },
    digests: (name, prefix) => digestsOf(client.getContainerClient(name), prefix),
    has: (name, blob) => client.getContainerClient(name).getBlobClient(blob).exists(),
    remove: async (name) => void (await client.deleteContainer(name)),
  };
}

async function digestsOf(container: ContainerClient, prefix = ""): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
  const digests: string[] = [];
  await eachLimited(names, READS_AT_A_TIME, async (name) => {
    const { readableStreamBody = [] } = await container.getBlobClient(name).download();
    const hash = createHash("sha256");
    for await (const chunk of readableStreamBody) hash.update(chunk);
    digests.push(hash.digest("hex"));
  });
  return digests;
}
