/**
 * What each identity may have, and no more: roles by their ids, on what. It is written apart from
 * `modules/roles.bicep`, so that widening a right takes two changes.
 */
export type Grant = { readonly role: string; readonly on: string };

const BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
const BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const BLOB_DELEGATOR = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a";
const TABLE_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
const BUS_SENDER = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
const BUS_RECEIVER = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
const SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6";
const SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424";
const VAULT_READER = "21090545-7ca7-4776-b22c-e363652d74d2";
const METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb";

const on = (role: string, ...places: string[]): Grant[] =>
  places.map((place) => ({ role, on: place }));
const bus = (...names: string[]) => names.map((name) => `bus/${name}`);

/** Every app keeps its ledger, its own host's files and its telemetry. */
const EVERY_APP = [
  ...on(BLOB_OWNER, "host"),
  ...on(METRICS_PUBLISHER, "insights"),
  ...on(TABLE_CONTRIBUTOR, "data"),
  ...on(SECRETS_USER, "secret"),
];

/** By identity. */
export const ALLOWED: Readonly<Record<string, readonly Grant[]>> = {
  intake: [
    ...EVERY_APP,
    ...on(BLOB_READER, "data"),
    ...on(BLOB_DELEGATOR, "data"),
    ...on(BUS_RECEIVER, ...bus("privacy-requests")),
    ...on(BUS_SENDER, ...bus("privacy-requests", "privacy-requests-rejected")),
    ...on(BUS_SENDER, ...bus("plans", "seals", "privacy-events")),
    ...on(SECRETS_OFFICER, "tokenVault"),
    ...on(VAULT_READER, "key"),
  ],
  export: [
    ...EVERY_APP,
    ...on(BLOB_CONTRIBUTOR, "data"),
    ...on(BUS_RECEIVER, ...bus("plans", "exports", "seals")),
    ...on(BUS_SENDER, ...bus("plans", "exports", "seals", "deletes", "privacy-events")),
    ...on(SECRETS_USER, "tokenVault"),
    ...on(CRYPTO_USER, "key"),
  ],
  delete: [
    ...EVERY_APP,
    ...on(BLOB_CONTRIBUTOR, "data"),
    ...on(BUS_RECEIVER, ...bus("deletes")),
    ...on(BUS_SENDER, ...bus("plans", "deletes", "seals", "privacy-events")),
    ...on(SECRETS_USER, "tokenVault"),
    ...on(CRYPTO_USER, "key"),
  ],
  upkeep: [
    ...EVERY_APP,
    ...on(BLOB_CONTRIBUTOR, "data"),
    // The dead letters of the internal queues.
    ...on(BUS_RECEIVER, ...bus("plans", "exports", "seals", "deletes")),
    ...on(BUS_SENDER, ...bus("plans", "exports", "seals", "deletes", "privacy-events")),
    ...on(SECRETS_OFFICER, "tokenVault"),
    ...on(BUS_RECEIVER, ...bus("privacy-requests", "privacy-requests-rejected")),
    ...on(BUS_SENDER, ...bus("privacy-requests", "privacy-requests-rejected")),
    ...on(CRYPTO_USER, "key"),
  ],
  ticketing: [
    ...on(BUS_SENDER, ...bus("privacy-requests")),
    ...on(BUS_RECEIVER, ...bus("privacy-events")),
  ],
};

const ML = "Microsoft.MachineLearning";
const LOOKING = [
  `${ML}/workspaces/read`,
  `${ML}/workspaces/listWorkspaceKeys/action`,
  `${ML}/webServices/read`,
  `${ML}/commitmentPlans/read`,
  `${ML}/commitmentPlans/commitmentAssociations/read`,
  "Microsoft.Authorization/locks/read",
];

/** The operations of the two custom roles on workspaces. */
export const ALLOWED_OPERATIONS = {
  reading: LOOKING,
  deleting: [...LOOKING, `${ML}/workspaces/delete`, `${ML}/webServices/delete`],
} as const;

/** Owner, Contributor, User Access Administrator and Role Based Access Control Administrator: never. */
export const FORBIDDEN_ROLES = [
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
] as const;
