/**
 * `node upload-stream.ts FOLDER CONTAINER`: copies the data sets of an open folder with the SDK's `uploadStream`, four
 * blocks of 8 MiB at a time: no digest, no record, no way to resume.
 */
import { Readable } from "node:stream";
import { ContainerClient } from "@azure/storage-blob";

const BLOCK_BYTES = 8 * 1024 ** 2;
const BLOCKS_AT_A_TIME = 4;

const [folder = "", container = ""] = process.argv.slice(2);
const client = new ContainerClient(container);
const page = await (await fetch(folder)).text();
for (const [, name = ""] of page.matchAll(/href="([^"]+)"/g)) {
  if (name.endsWith(".json")) continue;
  const { ok, status, body } = await fetch(new URL(name, folder));
  if (!ok || body === null) throw new Error(`The source answers ${status}`);
  const blob = client.getBlockBlobClient(name);
  await blob.uploadStream(Readable.fromWeb(body), BLOCK_BYTES, BLOCKS_AT_A_TIME);
}
