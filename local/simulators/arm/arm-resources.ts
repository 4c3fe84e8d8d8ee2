import { groupIdOf } from "../estate/arm-service.ts";
import { isDeleted, type Workspace } from "../estate/workspace.ts";
import { PEOPLE, SUBSCRIPTIONS } from "../seed/people.ts";
import type { ArmContext } from "./arm-context.ts";

/** Type of a Studio (classic) workspace. */
export const WORKSPACE_TYPE = "Microsoft.MachineLearning/workspaces";

/** A paid workspace as a resource, with its scopes from the outside in. */
export type ArmWorkspace = {
  readonly workspace: Workspace;
  readonly id: string;
  readonly subscriptionId: string;
  readonly groupId: string;
};

/** The paid workspaces that exist, in seed order. */
export function armWorkspaces({ estate, clock }: Pick<ArmContext, "estate" | "clock">) {
  const nowMs = clock.now();
  return estate.workspaces.flatMap((workspace): ArmWorkspace[] => {
    const resource = toArmWorkspace(workspace);
    return resource === null || isDeleted(workspace, nowMs) ? [] : [resource];
  });
}

/** The workspace as a resource; null for guest and free workspaces, which Azure knows nothing of. */
export function toArmWorkspace(workspace: Workspace): ArmWorkspace | null {
  const { azure, name } = workspace.seed;
  if (azure === undefined) return null;
  const subscriptionId = SUBSCRIPTIONS[azure.subscription].id;
  const groupId = groupIdOf(azure);
  return {
    workspace,
    id: `${groupId}/providers/${WORKSPACE_TYPE}/${name}`,
    subscriptionId,
    groupId,
  };
}

/** The resource as GET and the provider's lists show it. */
export function toWire(
  { workspace, id, groupId }: ArmWorkspace,
  { studioOrigin, switches }: ArmContext,
): Record<string, unknown> {
  const { seed, createdMs } = workspace;
  const [owner] = seed.users[0] ?? ["guest"];
  const createdAt = new Date(createdMs).toISOString().replace(".000Z", ".0707808Z");
  return {
    id,
    name: seed.name,
    type: WORKSPACE_TYPE,
    location: seed.region,
    tags: seed.azure?.tags ?? {},
    properties: {
      userStorageAccountId: `${groupId}/providers/Microsoft.Storage/storageAccounts/${workspace.storageAccount}`,
      ownerEmail: PEOPLE[owner].email,
      workspaceType: seed.type,
      workspaceState: "Enabled",
      workspaceId: switches.current.armIdForm === "dashed" ? dashed(workspace.id) : workspace.id,
      creationTime: createdAt,
      studioEndpoint: studioOrigin,
    },
  };
}

/** Resource Manager compares ids and types without regard to case. */
export function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
