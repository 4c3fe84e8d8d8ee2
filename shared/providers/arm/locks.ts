import { z } from "zod";
import type { Workspace } from "../../core/request.ts";
import type { Blocker } from "../../pipeline/ports.ts";
import type { ArmCalls } from "./calls.ts";
import { armFailure } from "./sender.ts";
import { armList, armUrl } from "./urls.ts";

/**
 * Management locks. They are inherited downwards, and they hold for ARM alone: whoever deletes through another API
 * has to look at them itself (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
 * Nothing here removes one.
 */

const API_VERSION = "2016-09-01";
const LOCKS = "/providers/Microsoft.Authorization/locks";

const lockSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({ level: z.string() }),
});
type Lock = z.output<typeof lockSchema>;

/** A lock that holds for a resource. */
export type HeldLock = Pick<Blocker, "name" | "level" | "scope">;

/** The locks that hold for a resource, inherited ones too. */
export async function locksOf(calls: ArmCalls, armId: string): Promise<readonly HeldLock[]> {
  return locksOn(armId, await listedLocks(calls, armId));
}

/**
 * The locks that hold for these workspaces. A subscription with several of them is asked once for all its locks, which
 * takes in those of its groups and resources; one with a single workspace is asked for that one.
 */
export async function blockersOf(
  calls: ArmCalls,
  workspaces: readonly Workspace[],
): Promise<readonly Blocker[]> {
  const known = workspaces.flatMap(({ workspaceId, armId }) =>
    armId === null ? [] : [{ workspaceId, armId }],
  );
  const blockers: Blocker[] = [];
  for (const group of Map.groupBy(known, ({ armId }) => subscriptionOf(armId)).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const scope = group.length === 1 ? first.armId : subscriptionOf(first.armId);
    const locks = await listedLocks(calls, scope);
    for (const { workspaceId, armId } of group) {
      blockers.push(
        ...locksOn(armId, locks).map((lock) => ({ kind: "lock" as const, workspaceId, ...lock })),
      );
    }
  }
  return blockers;
}

async function listedLocks(calls: ArmCalls, scope: string): Promise<readonly Lock[]> {
  const first = armUrl(calls.origin, scope, API_VERSION, LOCKS);
  const pages = armList(first, lockSchema, async (url) => {
    const answer = await calls.get(url);
    if (answer.status === 200) return answer;
    throw armFailure(answer, "workspace-not-found", "ARM does not know the place to list locks of");
  });
  return Array.fromAsync(pages);
}

function locksOn(armId: string, locks: readonly Lock[]): HeldLock[] {
  const below = `${armId.toLowerCase()}/`;
  return locks
    .map(({ id, name, properties }) => ({ name, level: properties.level, scope: scopeOf(id) }))
    .filter(({ level, scope }) => {
      return level !== "NotSpecified" && below.startsWith(`${scope.toLowerCase()}/`);
    });
}

function scopeOf(lockId: string): string {
  const at = lockId.toLowerCase().lastIndexOf(`${LOCKS.toLowerCase()}/`);
  return at < 0 ? "" : lockId.slice(0, at);
}

/** `/subscriptions/{id}` of a resource. */
export function subscriptionOf(armId: string): string {
  return armId.split("/").slice(0, 3).join("/");
}
