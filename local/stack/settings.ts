import { chmod, writeFile } from "node:fs/promises";
import type { AzuriteUrls } from "./azurite.ts";
import type { SimulatorsReady } from "./simulators.ts";

/** App settings by name, as in the `Values` of a `local.settings.json`. */
export type Settings = Readonly<Record<string, string>>;

/** Where the parts of the stack can be reached. */
export type Addresses = {
  readonly storage: AzuriteUrls;
  readonly serviceBusConnectionString: string;
  readonly simulators: SimulatorsReady;
};

/** The audience of access tokens for the app: the application id URI it has in Entra. */
export const AUDIENCE = "api://studio-dsr";

/**
 * What a managed identity shows to get a token, and the key of request ids. Both are fixed, so that the
 * project's `local.settings.json` is exact on the default ports. They are no secrets: all they guard are
 * simulators with made-up data on 127.0.0.1.
 */
export const LOCAL_IDENTITY_HEADER = "local";
const LOCAL_PSEUDONYM_KEY = "local-only";

/**
 * The settings that point the app at this machine instead of Azure.
 *
 * Short times (`LEASE_MS`, `LOOK_AFTER_MS`, `RECONCILE_SCHEDULE`, `VERIFY_BASE_MS`) let a developer see a takeover
 * within seconds, and with `GRACE_HOURS` 0 an approved deletion begins at once.
 * With `BLOCK_MD5` Azurite need not take its own checksum of each block, which is written in JavaScript.
 * `OUTBOUND_HOSTS` are the only hosts beside ARM, Studio and Key Vault that the app may send a request to.
 */
export function appSettings(addresses: Addresses): Settings {
  const { simulators } = addresses;
  const { studio, management, storage, execution } = simulators;
  const outbound = [studio, management, storage, execution];
  return {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
    ServiceBus: addresses.serviceBusConnectionString,
    STORAGE_BLOB_URL: addresses.storage.blob,
    STORAGE_TABLE_URL: addresses.storage.table,
    BLOCK_MD5: "true",
    ARM_URL: simulators.arm,
    ARM_SUBSCRIPTIONS: simulators.subscriptions.join(","),
    AUTH_ISSUER: simulators.issuer,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: simulators.jwks,
    // Nobody is held back on this machine: its workspaces are made up.
    CALLERS: '{"*":{"arm":"all","registered":"all","subjects":true}}',
    // All free and guest workspaces are in this region.
    STUDIO_REGIONS: `southcentralus=${simulators.studio}`,
    MANAGEMENT_URLS: `southcentralus=${simulators.management}`,
    TOKEN_VAULT_URL: simulators.vault,
    SIGNING_VAULT_URL: simulators.vault,
    OUTBOUND_HOSTS: outbound.map((url) => new URL(url).host).join(","),
    ALLOW_LOOPBACK: "true",
    IDENTITY_ENDPOINT: simulators.identity,
    IDENTITY_HEADER: LOCAL_IDENTITY_HEADER,
    PSEUDONYM_KEY: LOCAL_PSEUDONYM_KEY,
    RECONCILE_SCHEDULE: "*/5 * * * * *",
    LEASE_MS: "10000",
    LOOK_AFTER_MS: "10000",
    GRACE_HOURS: "0",
    VERIFY_BASE_MS: "2000",
  };
}

/**
 * Writes settings in the shape of `local.settings.json`, readable by the owner only. `host` is the section
 * that is for whoever runs the app, not for the app.
 */
export async function writeSettings(
  file: string,
  settings: Settings,
  host?: { readonly LocalHttpPort: number },
): Promise<void> {
  const content = { IsEncrypted: false, Values: settings, ...(host && { Host: host }) };
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  // The mode above counts for a new file only.
  await chmod(file, 0o600);
}
