import { AppError } from "../errors.ts";
import type { Callers } from "./caller-table.ts";
import type { Workspace } from "./request.ts";
import { parseWorkspaceRef, type Scope } from "./scope.ts";

/** How far each caller reaches: which workspaces they may name, and whether they may ask about people. */

type Rule = Callers[string];

/** What a caller may name. Both throw; what is out of reach is said to be what does not exist. */
export interface Reach {
  /**
   * Throws `workspace-not-found` for a scope that names a workspace out of the caller's reach, as far as its name
   * tells, and `forbidden` for one about a person where the caller may not ask that.
   */
  assertMayName(callerId: string, scope: Scope): void;
  /** Throws `workspace-not-found` for a workspace out of the caller's reach. */
  assertMayReach(callerId: string, workspace: Pick<Workspace, "workspaceId" | "armId">): void;
}

/** The reach by a table of callers: who is not in it reaches nothing. */
export function reachOf(callers: Callers): Reach {
  const ruleOf = (callerId: string): Rule | undefined =>
    own(callers, callerId.toLowerCase()) ?? own(callers, "*");
  return {
    assertMayName: (callerId, scope) => {
      const rule = ruleOf(callerId);
      if ("subject" in scope) {
        if (rule?.subjects === true) return;
        throw new AppError("forbidden", "This caller may not ask about a person");
      }
      const names =
        "workspaces" in scope ? scope.workspaces : scope.assets.map((asset) => asset.workspace);
      if (!names.every((name) => mayBeReached(rule, name))) throw outOfReach();
    },
    assertMayReach: (callerId, workspace) => {
      if (!isReached(ruleOf(callerId), workspace)) throw outOfReach();
    },
  };
}

/** Object ids are the same in any case; a name such as `__proto__` is no caller. */
function own(callers: Callers, callerId: string): Rule | undefined {
  return Object.entries(callers).find(([name]) => name.toLowerCase() === callerId)?.[1];
}

/** An id of a workspace may be that of one in ARM: that is known only when it was found. */
function mayBeReached(rule: Rule | undefined, name: string): boolean {
  const ref = parseWorkspaceRef(name);
  if (rule === undefined || ref === null) return false;
  if (ref.by === "arm-id") return isUnder(rule, ref.armId);
  return rule.arm === "all" || rule.arm.length > 0 || isRegisteredFor(rule, ref.workspaceId);
}

function isReached(
  rule: Rule | undefined,
  { workspaceId, armId }: Pick<Workspace, "workspaceId" | "armId">,
): boolean {
  if (rule === undefined) return false;
  return armId === null ? isRegisteredFor(rule, workspaceId) : isUnder(rule, armId);
}

function isRegisteredFor({ registered }: Rule, workspaceId: string): boolean {
  return registered === "all" || registered.includes(workspaceId);
}

/** A beginning ends where a segment does: `rg-1` is not under `rg`. */
function isUnder({ arm }: Rule, armId: string): boolean {
  const id = armId.toLowerCase();
  return arm === "all" || arm.some((prefix) => id === prefix || id.startsWith(`${prefix}/`));
}

function outOfReach(): AppError {
  return new AppError(
    "workspace-not-found",
    "There is no such workspace, or it is not open to this caller",
  );
}
