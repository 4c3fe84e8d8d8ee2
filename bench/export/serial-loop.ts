/**
 * `node serial-loop.ts FOLDER CONTAINER`: copies the files of an open folder one after the other, as a script of a few
 * lines would: read one, write it, go on to the next.
 */
import { ContainerClient } from "@azure/storage-blob";

const [folder = "", container = ""] = process.argv.slice(2);
const client = new ContainerClient(container);
const page = await (await fetch(folder)).text();
for (const [, name = ""] of page.matchAll(/href="([^"]+)"/g)) {
  const answer = await fetch(new URL(name, folder));
  if (!answer.ok) throw new Error(`The source answers ${answer.status}`);
  await client.getBlockBlobClient(name).uploadData(await answer.arrayBuffer());
}
