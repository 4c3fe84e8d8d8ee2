import type { Planter } from "../estate/planted-secrets.ts";
import { storageKeyOf } from "../estate/secrets.ts";
import type { Workspace } from "../estate/workspace.ts";
import { emptyReply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { guidOf, hexOf } from "../seed/derived-ids.ts";
import { PEOPLE, SUBSCRIPTIONS, TENANT_ID } from "../seed/people.ts";
import type { PersonKey } from "../seed/seed-types.ts";
import { errorReply, notFound } from "./errors.ts";
import {
  answer,
  isGone,
  remove,
  type StudioCall,
  type StudioContext,
  studioRoute,
} from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Settings and members of a workspace. */
export function workspaceRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "", context, (call) => answer(call, wireWorkspace(call))),
    studioRoute("DELETE", "", context, deleteWorkspace),
    studioRoute("GET", "/users", context, (call) => answer(call, usersOf(call).map(wireUser))),
    studioRoute("GET", "/users/{user}", context, readUser),
    studioRoute("GET", "/storagequota", context, (call) => answer(call, wireQuota(call))),
    studioRoute("DELETE", "/users/{user}", context, removeUser),
    studioRoute("DELETE", "/invitations/{user}", context, removeUser),
  ];
}

function wireWorkspace({ workspace, plant }: StudioCall): Record<string, unknown> {
  const { seed } = workspace;
  const [owner] = seed.users[0] ?? ["guest"];
  return {
    WorkspaceId: workspace.id,
    FriendlyName: seed.name,
    Description: plant("workspace.Description", seed.description),
    HDInsightClusterConnectionString: plant("workspace.HDInsightClusterConnectionString", null),
    HDInsightStorageConnectionString: plant("workspace.HDInsightStorageConnectionString", null),
    ...wirePlanted(plant),
    UseDefaultHDInsightSettings: true,
    AuthorizationToken: {
      PrimaryToken: workspace.primaryToken,
      SecondaryToken: workspace.secondaryToken,
    },
    MigrationStatus: "NotMigrated",
    OwnerEmail: PEOPLE[owner].email,
    ...wireStorage(workspace),
    Region: seed.region,
    WorkspaceStatus: "Enabled",
    Type: seed.type,
    CreatedTime: wireDate(workspace.createdMs),
    OwnerPrincipalId: seed.azure === undefined ? null : guidOf(`oid:${owner}`),
    Tags: plant("workspace.Tags", null),
    KeyVaultKeyIdentifier: null,
    MsIdentityUrl: null,
    MsIdentityPrincipalOid: null,
    MsIdentityClientId: null,
    MsIdentityCertificate: plant("workspace.MsIdentityCertificate", null),
    TenantId: seed.azure === undefined ? null : TENANT_ID,
  };
}

/** Fields that only the web interface's contract has; left out while there is nothing in them. */
function wirePlanted(plant: Planter): Record<string, string> {
  const places = [
    "AzureStorageConnectionString",
    "SqlAzureConnectionString",
    "AnalyticFrameworkClusterConnectionString",
  ] as const;
  return Object.fromEntries(
    places.flatMap((name) => {
      const value = plant(`workspace.${name}`, null);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Storage account and subscription: paid workspaces only. */
function wireStorage({ key, seed }: Workspace): Record<string, string | null> {
  if (seed.azure === undefined) {
    return {
      UserStorage: null,
      UserStorageKey: null,
      UserStorageArmId: null,
      UserStorageBlobEndpoint: null,
      SubscriptionId: null,
      SubscriptionName: null,
      SubscriptionState: null,
    };
  }
  const { subscription, resourceGroup, storageAccount } = seed.azure;
  const { id, name } = SUBSCRIPTIONS[subscription];
  return {
    UserStorage: storageAccount,
    UserStorageKey: storageKeyOf(key),
    UserStorageArmId: `/subscriptions/${id}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${storageAccount}`,
    UserStorageBlobEndpoint: `https://${storageAccount}.blob.core.windows.net/`,
    SubscriptionId: id,
    SubscriptionName: name,
    SubscriptionState: "Enabled",
  };
}

/** No client ever showed this call; with the switch on, it works for free workspaces. */
function deleteWorkspace(call: StudioCall) {
  const { context, workspace } = call;
  const switches = context.switches.current;
  if (switches.freeWorkspaceDelete === "unsupported") return emptyReply(405);
  if (workspace.seed.type !== "Free") {
    const message = "Only a free workspace can be deleted here.";
    return errorReply({ status: 403, code: "UserError", message }, switches);
  }
  return remove(call, "workspace", workspace.id);
}

type User = Workspace["seed"]["users"][number];

function usersOf(call: StudioCall): User[] {
  return call.workspace.seed.users.filter(([person]) => !isGone(call, "user", userIdOf(person)));
}

function wireUser([person, role, status]: User): Record<string, unknown> {
  const { email, name } = PEOPLE[person];
  const user = { Email: email, Name: name, Role: role, UserId: userIdOf(person) };
  return { Status: status, User: user };
}

function findUser(call: StudioCall): User | undefined {
  const isOn = call.context.switches.current.unverifiedCalls;
  return isOn
    ? usersOf(call).find(([person]) => userIdOf(person) === call.path("user"))
    : undefined;
}

function readUser(call: StudioCall) {
  const user = findUser(call);
  return user === undefined
    ? notFound("The user", call.context.switches.current)
    : answer(call, wireUser(user));
}

/** Of a member or an open invitation; both ids are those of the list. */
function removeUser(call: StudioCall) {
  return findUser(call) === undefined
    ? notFound("The user", call.context.switches.current)
    : remove(call, "user", call.path("user"));
}

const FREE_QUOTA_BYTES = 10 * 1024 ** 3;

function wireQuota({ workspace, context }: StudioCall): Record<string, unknown> {
  const nowMs = context.clock.now();
  const kept = [...workspace.datasets].filter(
    ({ familyId }) => !workspace.removals.isGone("family", familyId, nowMs),
  );
  return {
    UsedStorage: kept.reduce((sum, { blob }) => sum + blob.content.sizeBytes, 0),
    MaximumStorage: FREE_QUOTA_BYTES,
  };
}

function userIdOf(person: PersonKey): string {
  return hexOf(`user:${person}`, 16).toUpperCase();
}
