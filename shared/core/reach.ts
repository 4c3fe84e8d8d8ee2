import { z } from "zod";
import { AppError } from "../errors.ts";
import type { Workspace } from "./request.ts";
import { parseWorkspaceRef, type Scope } from "./scope.ts";

/** How far each caller reaches: which workspaces they may name, and whether they may ask about people. */

const armPrefixSchema = z
  .string()
  .regex(/^\/subscriptions\/[0-9a-f-]{36}(\/[^\s?#]*)?$/i, {
    error: "must be an ARM id or the beginning of one: /subscriptions/<id>...",
  })
  .transform((text) => text.toLowerCase().replace(/\/+$/, ""));

/**
 * The callers that may do something, by object id (`ticket:<source>` for a ticketing system, `*` for all others):
 * the subscriptions, groups or workspaces of ARM, the registered workspaces (by id, or all), and whether they may ask
 * about a person, wherever that person's data is.
 */
export const callersSchema = z.record(
  z.string().min(1).max(100),
  z.strictObject({
    arm: z.array(armPrefixSchema).default([]),
    registered: z
      .union([z.literal("all"), z.array(z.string().regex(/^[0-9a-f]{32}$/))])
      .default([]),
    subjects: z.boolean().default(false),
  }),
);
export type Callers = z.infer<typeof callersSchema>;
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

/** The reach by a table of callers. Without a table nobody is held back; with one, who is not in it reaches nothing. */
export function reachOf(callers: Callers | null): Reach {
  const ruleOf = (callerId: string): Rule | undefined =>
    own(callers ?? {}, callerId.toLowerCase()) ?? own(callers ?? {}, "*");
  return {
    assertMayName: (callerId, scope) => {
      if (callers === null) return;
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
      if (callers !== null && !isReached(ruleOf(callerId), workspace)) throw outOfReach();
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
  return rule.arm.length > 0 || isRegisteredFor(rule, ref.workspaceId);
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
  return arm.some((prefix) => id === prefix || id.startsWith(`${prefix}/`));
}

function outOfReach(): AppError {
  return new AppError(
    "workspace-not-found",
    "There is no such workspace, or it is not open to this caller",
  );
}
