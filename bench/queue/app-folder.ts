import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONCURRENT_CALLS } from "./concurrent-calls.ts";

/** Writes the folder that the Functions host runs the app from; so many messages wait in the host. */
export async function writeAppFolder(folder: string, prefetchCount: number): Promise<void> {
  const serviceBus = { maxConcurrentCalls: CONCURRENT_CALLS, prefetchCount };
  const files = {
    "host.json": { version: "2.0", extensions: { serviceBus } },
    "package.json": { private: true, main: fileURLToPath(new URL("app.ts", import.meta.url)) },
  };
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
}
