import { describe, expect, it } from "vitest";
import { problemsOf } from "../../../infra/checks/check.ts";
import { readSources, type Sources } from "../../../infra/checks/sources.ts";

const sources = readSources();

/** The sources with a fault in one file. Fails when there is nothing to replace, so that no fault is left out. */
function withFault(path: string, text: string, instead: string): Sources {
  const before = sources[path] ?? "";
  expect(before).toContain(text);
  return { ...sources, [path]: before.replace(text, instead) };
}

const APP = "infra/modules/app.bicep";
const ROLES = "infra/modules/roles.bicep";
const WORKSPACES = "infra/modules/workspace-roles.bicep";
const DATA = "infra/modules/data-storage.bicep";
const BROKER = "local/service-bus/config.json";

describe("the deployment", () => {
  it("agrees with the code", async () => {
    expect(await problemsOf(sources)).toEqual([]);
  });

  it.each<[string, [string, string, string], string]>([
    ["a syntax error", [APP, "var host = {", "var host = {{"], `${APP}:`],
    [
      "a module that is no file",
      ["infra/main.bicep", "'modules/bus.bicep'", "'br/public:avm/res/x:1.0.0'"],
      "is not a file here",
    ],
    [
      "a role on a place where it is not allowed",
      [
        ROLES,
        "who: 'delete', role: 'busReceiver', on: 'bus/deletes'",
        "who: 'delete', role: 'busReceiver', on: 'bus/exports'",
      ],
      "on bus/exports is in",
    ],
    [
      "a role that is too wide",
      [ROLES, "who: 'intake', role: 'blobReader'", "who: 'intake', role: 'blobContributor'"],
      "intake: role ba92f5b4-2d11-453d-a403-e96b0029c9fe on data is in",
    ],
    [
      "Contributor of Azure itself",
      [ROLES, "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "b24988ac-6180-42a0-ab88-20f7382dd24c"],
      "too wide for anybody",
    ],
    [
      "an operation for the deleting identity",
      [
        WORKSPACES,
        "'Microsoft.MachineLearning/workspaces/delete'",
        "'Microsoft.MachineLearning/*'",
      ],
      "Microsoft.MachineLearning/* is in",
    ],
    [
      "a role assignment outside the table",
      [
        DATA,
        "resource lifecycle '",
        "resource extra 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: 'x'\n}\n\nresource lifecycle '",
      ],
      "rights are given in",
    ],
    ["a missing setting", [APP, "  AUTH_ISSUER: issuer\n", ""], "does not set AUTH_ISSUER"],
    [
      "a setting that nobody reads",
      [APP, "  AUTH_ISSUER:", "  AUTH_ISSUERS: ''\n  AUTH_ISSUER:"],
      "AUTH_ISSUERS",
    ],
    [
      "a default that is out of date",
      ["infra/settings.json", '"LEASE_MS": "60000"', '"LEASE_MS": "1"'],
      "npm run settings",
    ],
    [
      "a setting missing here",
      ["local.settings.json", '"TOKEN_VAULT_URL"', '"TOKEN_VAULT_URI"'],
      "lacks TOKEN_VAULT_URL",
    ],
    [
      "a page of settings that is out of date",
      ["docs/settings.md", "`LEASE_MS`", "`LEASE`"],
      "docs/settings.md is out of date",
    ],
    ["a renamed queue", ["infra/bus.json", '"name": "seals"', '"name": "sealing"'], "seals"],
    ["a queue renamed here", [BROKER, '"Name": "exports"', '"Name": "exporting"'], "exports"],
    [
      "another number of deliveries",
      [BROKER, '"MaxDeliveryCount": 5', '"MaxDeliveryCount": 6'],
      "6 deliveries",
    ],
    ["a queue without a function", ["functions/main.ts", '"plans", ', ""], "takes from plans"],
    ["a table left out", [DATA, "'claims', ", ""], "claims is in shared/context"],
    [
      "a group without an app",
      ["infra/main.bicep", "'delete', 'upkeep'", "'upkeep'"],
      "delete is in FUNCTION_GROUPS",
    ],
    [
      "a shared key switched on",
      [DATA, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true"],
      "allowSharedKeyAccess: false",
    ],
    [
      "a shared key left to its default",
      [DATA, "    allowSharedKeyAccess: false\n", ""],
      "allowSharedKeyAccess: false",
    ],
    [
      "a key handed out",
      [
        "infra/modules/bus.bicep",
        "output id string = namespace.id",
        "output id string = namespace.listKeys().primaryKey",
      ],
      "a key",
    ],
    [
      "keys of the bus",
      ["infra/modules/bus.bicep", "disableLocalAuth: true", "disableLocalAuth: false"],
      "disableLocalAuth: true",
    ],
    ["public blobs", [DATA, "publicAccess: 'None'", "publicAccess: 'Blob'"], "publicAccess: None"],
    ["old TLS", [APP, "minTlsVersion: '1.2'", "minTlsVersion: '1.0'"], "minTlsVersion: 1.2"],
    [
      "packages that outlive their purge",
      [DATA, "isVersioningEnabled: false", "isVersioningEnabled: true"],
      "isVersioningEnabled: false",
    ],
    [
      "a vault that can be purged",
      ["infra/modules/vaults.bicep", "enablePurgeProtection: true, ", ""],
      "enablePurgeProtection: true",
    ],
    ["updates that kill", [APP, "'RollingUpdate'", "'Recreate'"], "RollingUpdate"],
    [
      "a shorter lock renewal",
      ["host.json", '"00:12:00"', '"00:05:00"'],
      "maxAutoLockRenewalDuration",
    ],
    ["prefetching", ["host.json", '"prefetchCount": 0', '"prefetchCount": 8'], "prefetchCount"],
    [
      "an alert that nobody explains",
      ["docs/operations.md", "### `purge-late`", "### Purges"],
      "purge-late",
    ],
    [
      "an alert on nothing",
      ["infra/modules/alerts.bicep", "'purge.lag'", "'purge.lags'"],
      "studio_dsr.purge.lags",
    ],
  ])("is refused with %s", async (_fault, [path, text, instead], expected) => {
    const problems = await problemsOf(withFault(path, text, instead));

    expect(problems.join("\n")).toContain(expected);
  });
});
