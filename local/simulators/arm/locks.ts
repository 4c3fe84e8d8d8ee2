import type { Estate } from "../estate/estate.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { type ArmContext, GROUP_PATTERN, WORKSPACES_PATH } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { sameText, toArmWorkspace } from "./arm-resources.ts";

/** A lock and the scope it was set on. */
type ArmLock = {
  readonly scope: string;
  readonly level: "CanNotDelete" | "ReadOnly";
  readonly wire: Record<string, unknown>;
};

const LOCKS_PATH = "/providers/Microsoft.Authorization/locks";

/**
 * Locks of a subscription, a group or a resource, with those inherited from above.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function lockRoutes({ estate }: ArmContext): Route[] {
  const scopes = [
    "/subscriptions/{sub}",
    GROUP_PATTERN,
    `${GROUP_PATTERN}${WORKSPACES_PATH}/{name}`,
  ];
  return scopes.map((scope) => ({
    method: "GET",
    pattern: `${scope}${LOCKS_PATH}`,
    handle: (request) => {
      const segments = request.segments.slice(0, scope.split("/").length - 1);
      const isOwnOnly = request.query("$filter") === "atScope()";
      const asked = `/${segments.join("/")}`;
      const locks = locksAt(estate, asked).filter(
        (lock) => !isOwnOnly || sameText(lock.scope, asked),
      );
      return jsonReply({ value: locks.map((lock) => lock.wire) });
    },
  }));
}

/** A `CanNotDelete` lock blocks deletes only, a `ReadOnly` lock every write and every POST. */
export function blockedBy(
  id: string,
  operation: "delete" | "write",
  { estate, switches }: ArmContext,
): Reply | null {
  const locks = locksAt(estate, id).filter(
    ({ level }) => operation === "delete" || level === "ReadOnly",
  );
  if (locks.length === 0) return null;
  const scopes = locks.map(({ scope }) => scope).join(",");
  const message = `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: '${scopes}'. Please remove the lock and try again.`;
  return armError(409, "ScopeLocked", message, switches);
}

/** Locks set on the scope itself or on one above it, which are inherited. */
function locksAt(estate: Estate, scope: string): ArmLock[] {
  const inside = `${scope.toLowerCase()}/`;
  return estate.workspaces.flatMap((workspace) => {
    const resource = toArmWorkspace(workspace);
    const lock = workspace.seed.azure?.lock;
    if (resource === null || lock === undefined) return [];
    const lockedScope = lock.scope === "resourceGroup" ? resource.groupId : resource.id;
    if (!inside.startsWith(`${lockedScope.toLowerCase()}/`)) return [];
    return [
      {
        scope: lockedScope,
        level: lock.level,
        wire: {
          id: `${lockedScope}/providers/Microsoft.Authorization/locks/${lock.name}`,
          name: lock.name,
          type: "Microsoft.Authorization/locks",
          properties: { level: lock.level, notes: lock.notes },
        },
      },
    ];
  });
}
