import { storageKeyOf } from "../estate/secrets.ts";
import type { Workspace } from "../estate/workspace.ts";
import { emptyReply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { guidOf, hexOf } from "../seed/derived-ids.ts";
import { PEOPLE, SUBSCRIPTIONS, TENANT_ID } from "../seed/people.ts";
import type { PersonKey } from "../seed/seed-types.ts";
import { errorReply, notFound } from "./errors.ts";
import { answer, type StudioCall, type StudioContext, studioRoute } from "./studio-context.ts";
import { wireDate } from "./wire-json.ts";

/** Settings and members of a workspace. */
export function workspaceRoutes(context: StudioContext): Route[] {
  return [
    studioRoute("GET", "", context, (call) => answer(call, wireWorkspace(call.workspace))),
    studioRoute("DELETE", "", context, deleteWorkspace),
    studioRoute("GET", "/users", context, (call) =>
      answer(
        call,
        call.workspace.users.map(([person, role, status]) => ({
          Status: status,
          User: {
            Email: PEOPLE[person].email,
            Name: PEOPLE[person].name,
            Role: role,
            UserId: userIdOf(person),
          },
        })),
      ),
    ),
    studioRoute("DELETE", "/users/{user}", context, removeUser),
    studioRoute("DELETE", "/invitations/{user}", context, removeUser),
  ];
}

function wireWorkspace(workspace: Workspace): Record<string, unknown> {
  const { seed } = workspace;
  const [owner] = seed.users[0] ?? ["guest"];
  return {
    WorkspaceId: workspace.id,
    FriendlyName: seed.name,
    Description: seed.description,
    HDInsightClusterConnectionString: null,
    HDInsightStorageConnectionString: null,
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
    Tags: null,
    KeyVaultKeyIdentifier: null,
    MsIdentityUrl: null,
    MsIdentityPrincipalOid: null,
    MsIdentityClientId: null,
    MsIdentityCertificate: null,
    TenantId: seed.azure === undefined ? null : TENANT_ID,
  };
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
function deleteWorkspace({ context, workspace }: StudioCall) {
  const switches = context.switches.current;
  if (switches.freeWorkspaceDelete === "unsupported") return emptyReply(405);
  if (workspace.seed.type !== "Free") {
    const message = "Only a free workspace can be deleted here.";
    return errorReply({ status: 403, code: "UserError", message }, switches);
  }
  workspace.isDeleted = true;
  return emptyReply(204);
}

function removeUser({ context, workspace, path }: StudioCall) {
  const switches = context.switches.current;
  const remaining = workspace.users.filter(([person]) => userIdOf(person) !== path("user"));
  if (!switches.unverifiedCalls || remaining.length === workspace.users.length) {
    return notFound("The user", switches);
  }
  workspace.users = remaining;
  return emptyReply(204);
}

function userIdOf(person: PersonKey): string {
  return hexOf(`user:${person}`, 16).toUpperCase();
}
