import type { SeedWorkspace } from "../seed/seed-types.ts";
import { groupIdOf } from "./arm-service.ts";

/** A lock and the scope it was set on: a subscription, a group or a resource. Those below inherit it. */
export type Lock = {
  readonly scope: string;
  readonly name: string;
  readonly level: "CanNotDelete" | "ReadOnly";
  readonly notes: string;
};

/** The locks that are seeded with the workspaces. */
export function seededLocks(seeds: readonly SeedWorkspace[]): Lock[] {
  return seeds.flatMap(({ azure, name }) => {
    if (azure?.lock === undefined) return [];
    const groupId = groupIdOf(azure);
    const { scope, ...lock } = azure.lock;
    const workspaceId = `${groupId}/providers/Microsoft.MachineLearning/workspaces/${name}`;
    return [{ ...lock, scope: scope === "resourceGroup" ? groupId : workspaceId }];
  });
}

/** Whether two locks are one and the same: of one name on one scope. */
export function isSameLock(one: Pick<Lock, "scope" | "name">, other: Pick<Lock, "scope" | "name">) {
  const keyOf = ({ scope, name }: typeof one) => `${scope}#${name}`.toLowerCase();
  return keyOf(one) === keyOf(other);
}
