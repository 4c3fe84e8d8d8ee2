import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { AzuriteUrls } from "./azurite.ts";
import { type Settings, writeSettings } from "./settings.ts";

/** Where the host of Azure Functions Core Tools finds the parts of the stack. */
export type FuncFolderOptions = {
  readonly dataDir: string;
  readonly settings: Settings;
  /** The port that the command line and the guide expect the API on. */
  readonly port: number;
  readonly caFile: string;
  readonly storage: AzuriteUrls;
};

/** https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
const AZURITE_KEY =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/**
 * Makes `<dataDir>/func`, a folder to run `func start` in: the built app by links, `host.json`, and a
 * `local.settings.json` with the settings of this stack. The project's own `local.settings.json`, which
 * is right for the default ports only, stays as it is. Returns the folder.
 *
 * Core Tools keep keys and timer state in `AzureWebJobsStorage`, so that they get Azurite's well-known
 * account by its HTTPS addresses; `UseDevelopmentStorage=true` would mean HTTP.
 */
export async function writeFuncFolder(options: FuncFolderOptions): Promise<string> {
  const { dataDir, settings, port, caFile, storage } = options;
  const project = fileURLToPath(new URL("../../", import.meta.url));
  const folder = join(dataDir, "func");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyFile(join(project, "host.json"), join(folder, "host.json"));
  const app = { type: "module", main: "dist/main.js" };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(app, null, 2)}\n`);
  for (const name of ["dist", "node_modules"]) {
    await link(join(project, name), join(folder, name));
  }
  const values = {
    ...settings,
    AzureWebJobsStorage: storageConnection(storage),
    NODE_EXTRA_CA_CERTS: caFile,
  };
  await writeSettings(join(folder, "local.settings.json"), values, { LocalHttpPort: port });
  return folder;
}

/** A junction on Windows, where a symbolic link needs a right of its own. */
async function link(target: string, path: string): Promise<void> {
  await rm(path, { force: true });
  const isWindows = process.platform === "win32";
  await symlink(isWindows ? target : relative(dirname(path), target), path, "junction");
}

function storageConnection({ blob, queue, table }: AzuriteUrls): string {
  return [
    "DefaultEndpointsProtocol=https",
    "AccountName=devstoreaccount1",
    `AccountKey=${AZURITE_KEY}`,
    `BlobEndpoint=${blob}`,
    `QueueEndpoint=${queue}`,
    `TableEndpoint=${table}`,
  ].join(";");
}
