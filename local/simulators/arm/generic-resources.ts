import type { ArmContext } from "./arm-context.ts";
import { armWorkspaces, sameText, toArmWorkspace, WORKSPACE_TYPE } from "./arm-resources.ts";
import { plansOf } from "./plan-routes.ts";
import { armServices } from "./web-service-routes.ts";

/** An item of the generic list. */
export type GenericResource = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
};

/**
 * All resources of a subscription as the generic list shows them, without properties: workspaces, their
 * storage accounts, and the web services and plans that outlive a workspace.
 */
export function genericResources(context: ArmContext, subscriptionId: string): GenericResource[] {
  const all = [
    ...armWorkspaces(context).map(({ id, workspace }) => ({
      id,
      name: workspace.seed.name,
      type: WORKSPACE_TYPE,
      location: workspace.seed.region,
      tags: workspace.seed.azure?.tags ?? {},
    })),
    ...storageAccounts(context),
    ...armServices(context).map(({ service }) => toGeneric(service, "webServices")),
    ...plansOf(context).map(({ plan }) => toGeneric(plan, "commitmentPlans")),
  ];
  const prefix = `/subscriptions/${subscriptionId}/`;
  return all.filter(({ id }) => sameText(id.slice(0, prefix.length), prefix));
}

/** The customer's own: they stay when the workspace goes. */
function storageAccounts({ estate }: ArmContext): GenericResource[] {
  const type = "Microsoft.Storage/storageAccounts";
  const found = estate.workspaces.flatMap((workspace) => {
    const resource = toArmWorkspace(workspace);
    if (resource === null) return [];
    const name = workspace.storageAccount;
    const id = `${resource.groupId}/providers/${type}/${name}`;
    return [{ id, name, type, location: workspace.seed.region, tags: {} }];
  });
  return [...new Map(found.map((account) => [account.id, account])).values()];
}

function toGeneric(
  { id, name, region }: { readonly id: string; readonly name: string; readonly region: string },
  kind: string,
): GenericResource {
  return { id, name, type: `Microsoft.MachineLearning/${kind}`, location: region, tags: {} };
}
