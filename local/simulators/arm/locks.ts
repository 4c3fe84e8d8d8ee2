import type { Estate } from "../estate/estate.ts";
import type { Lock } from "../estate/lock.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { type ArmContext, GROUP_PATTERN } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";
import { sameText } from "./arm-resources.ts";

const LOCKS_PATH = "/providers/Microsoft.Authorization/locks";

/**
 * Locks of a subscription, a group or a resource, with those inherited from above; the lists of a
 * subscription and of a group also have those set below.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function lockRoutes({ estate }: ArmContext): Route[] {
  const scopes = [
    "/subscriptions/{sub}",
    GROUP_PATTERN,
    `${GROUP_PATTERN}/providers/{namespace}/{type}/{name}`,
  ];
  return scopes.map((scope) => ({
    method: "GET",
    pattern: `${scope}${LOCKS_PATH}`,
    handle: (request) => {
      const segments = request.segments.slice(0, scope.split("/").length - 1);
      const isOwnOnly = request.query("$filter") === "atScope()";
      const asked = `/${segments.join("/")}`;
      const locks = estate.locks.filter((lock) =>
        isOwnOnly
          ? sameText(lock.scope, asked)
          : isWithin(asked, lock.scope) || isWithin(lock.scope, asked),
      );
      return jsonReply({ value: locks.map(wireLock) });
    },
  }));
}

/** A `CanNotDelete` lock blocks deletes only, a `ReadOnly` lock every write and every POST. */
export function blockedBy(
  id: string,
  operation: "delete" | "write",
  { estate, switches }: ArmContext,
): Reply | null {
  const locks = locksOn(estate, id).filter(
    ({ level }) => operation === "delete" || level === "ReadOnly",
  );
  if (locks.length === 0) return null;
  const scopes = locks.map(({ scope }) => scope).join(",");
  const message = `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: '${scopes}'. Please remove the lock and try again.`;
  return armError(409, "ScopeLocked", message, switches);
}

/** Locks set on the scope itself or on one above it, which are inherited. */
function locksOn(estate: Estate, scope: string): Lock[] {
  return estate.locks.filter((lock) => isWithin(scope, lock.scope));
}

function isWithin(inner: string, outer: string): boolean {
  return `${inner.toLowerCase()}/`.startsWith(`${outer.toLowerCase()}/`);
}

function wireLock({ scope, name, level, notes }: Lock): Record<string, unknown> {
  return {
    id: `${scope}${LOCKS_PATH}/${name}`,
    name,
    type: "Microsoft.Authorization/locks",
    properties: { level, notes },
  };
}
