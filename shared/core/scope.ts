import { z } from "zod";
import { assetKindSchema } from "./asset.ts";

/** What a privacy request covers: whole workspaces, single assets, or everything about one person. */

const ARM_WORKSPACE =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([-\w.()]{1,90})\/providers\/Microsoft\.MachineLearning\/workspaces\/([^/<>*%&:\\?+#]{1,260})$/i;
const WORKSPACE_ID = /^[0-9a-f]{32}$/;

/** A workspace as callers name it: its ARM id (standard workspaces) or its 32-hex workspace id. */
export const workspaceRefSchema = z
  .string()
  .max(600)
  .refine((text) => parseWorkspaceRef(text) !== null, {
    error: "must be the ARM id of a Studio (classic) workspace or a workspace id of 32 hex digits",
  });

/** A single asset; whole workspaces are named as such. */
const assetRefSchema = z.strictObject({
  kind: assetKindSchema.exclude(["workspace"]),
  id: z.string().min(1).max(400),
  workspace: workspaceRefSchema,
});

const subjectSchema = z.union([
  z.strictObject({ email: z.email().max(320) }),
  z.strictObject({ accountId: z.string().min(1).max(100) }),
]);

const workspacesSchema = z.array(workspaceRefSchema).max(100);
const assetsScopeSchema = z.strictObject({ assets: z.array(assetRefSchema).min(1).max(1000) });
const subjectScopeSchema = z.strictObject({ subject: subjectSchema });

/** The scope as it is stored: always plural. No workspaces are left of one that was erased. */
export const scopeSchema = z.union([
  z.strictObject({ workspaces: workspacesSchema }),
  assetsScopeSchema,
  subjectScopeSchema,
]);
export type Scope = z.infer<typeof scopeSchema>;

/** What is left of a scope when the personal data of its request is erased. */
export const ERASED_SCOPE: Scope = { workspaces: [] };

/** The scope as the API takes it: `workspace` is short for a list of one. */
export const scopeInputSchema = z.union([
  z.strictObject({ workspaces: workspacesSchema.min(1) }),
  assetsScopeSchema,
  subjectScopeSchema,
  z
    .strictObject({ workspace: workspaceRefSchema })
    .transform(({ workspace }): Scope => ({ workspaces: [workspace] })),
]);

/** A parsed workspace name. */
export type WorkspaceRef =
  | { readonly by: "arm-id"; readonly armId: string; readonly subscriptionId: string }
  | { readonly by: "workspace-id"; readonly workspaceId: string };

/** Parses the name of a workspace; null when it is neither an ARM id nor a workspace id. */
export function parseWorkspaceRef(text: string): WorkspaceRef | null {
  const arm = ARM_WORKSPACE.exec(text);
  if (arm?.[1] !== undefined) {
    return { by: "arm-id", armId: text, subscriptionId: arm[1].toLowerCase() };
  }
  const workspaceId = text.toLowerCase().replaceAll("-", "");
  return WORKSPACE_ID.test(workspaceId) ? { by: "workspace-id", workspaceId } : null;
}
