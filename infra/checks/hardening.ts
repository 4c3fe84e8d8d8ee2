import type { Node } from "web-tree-sitter";
import { membersOf, nodesOf, plain, resourcesOf, type Trees } from "./bicep.ts";

/** What every resource of a type has to say. A value of null means: must not be said. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  "Microsoft.Storage/storageAccounts": {
    allowSharedKeyAccess: "false",
    allowBlobPublicAccess: "false",
    minimumTlsVersion: "TLS1_2",
    supportsHttpsTrafficOnly: "true",
    defaultToOAuthAuthentication: "true",
  },
  "Microsoft.Storage/storageAccounts/blobServices/containers": { publicAccess: "None" },
  "Microsoft.ServiceBus/namespaces": { disableLocalAuth: "true", minimumTlsVersion: "1.2" },
  "Microsoft.Insights/components": { DisableLocalAuth: "true" },
  "Microsoft.OperationalInsights/workspaces": { disableLocalAuth: "true" },
  "Microsoft.Web/sites": {
    httpsOnly: "true",
    minTlsVersion: "1.2",
    scmMinTlsVersion: "1.2",
    ftpsState: "Disabled",
    version: "24",
  },
  basicPublishingCredentialsPolicies: { allow: "false" },
};

/** What single files have to say, as text. */
const PHRASES: Readonly<Record<string, readonly string[]>> = {
  "infra/modules/data-storage.bicep": [
    "isVersioningEnabled: false",
    "deleteRetentionPolicy: { enabled: false }",
    "containerDeleteRetentionPolicy: { enabled: false }",
    "immutabilityPeriodSinceCreationInDays: receiptRetentionDays",
  ],
  "infra/modules/vaults.bicep": [
    "enableRbacAuthorization: true",
    "properties: union(access, { enablePurgeProtection: true, softDeleteRetentionInDays: 90 })",
    "properties: union(access, { softDeleteRetentionInDays: 7 })",
    "kty: 'EC', curveName: 'P-256'",
  ],
  "infra/modules/app.bicep": [
    "siteUpdateStrategy: { type: 'RollingUpdate' }",
    "tier: 'FlexConsumption'",
  ],
};

/** Functions that hand out keys, and settings that hold them. */
const KEYS = /\blistKeys\s*\(|\blistAccountSas\b|AccountKey=|SharedAccessKey|InstrumentationKey\b/;

/** Every resource that is less closed than it has to be, and every key. */
export function hardeningProblems(trees: Trees): string[] {
  return [...trees].flatMap(([path, tree]) => [
    ...resourcesOf(tree)
      .filter(({ isExisting }) => !isExisting)
      .flatMap(({ type, body }) =>
        Object.entries(REQUIRED[type] ?? {}).flatMap(([name, value]) => {
          const said = saidOf(body, name);
          return said.length > 0 && said.every((one) => one === value)
            ? []
            : [`${path}: ${type} must say ${name}: ${value}`];
        }),
      ),
    ...(PHRASES[path] ?? [])
      .filter((phrase) => !tree.text.includes(phrase))
      .map((phrase) => `${path} must say ${phrase}`),
    ...(KEYS.test(tree.text) ? [`${path} hands out or holds a key`] : []),
  ]);
}

function saidOf(body: Node, name: string): string[] {
  return nodesOf(body)
    .filter(({ type }) => type === "object")
    .flatMap((object) => {
      const value = membersOf(object).get(name);
      return value === undefined ? [] : [plain(value)];
    });
}
