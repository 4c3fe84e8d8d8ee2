import { z } from "zod";
import { type Caller, hasRole } from "./caller.ts";
import { accountTypeSchema, instantSchema, type Workspace } from "./request.ts";
import type { WorkspaceView } from "./wire.ts";

/** Free and guest workspaces: ARM does not know them, so somebody has to register them with their token. */

/**
 * What is kept of a registered workspace. The token is a secret of the vault, named by `secretName`; null means
 * that the workspace is not registered, yet or any more. `stale` names secrets that are to be purged: they are
 * named here before they are made, so that the vault never holds one that no record knows of. `changedAt` is
 * the last change of the record.
 */
export const registrationSchema = z.object({
  workspaceId: z.string().regex(/^[0-9a-f]{32}$/),
  accountType: accountTypeSchema.exclude(["standard"]),
  studioUrl: z.url(),
  createdAt: instantSchema.nullable(),
  registeredBy: z.string(),
  registeredAt: instantSchema,
  secretName: z.string().nullable(),
  stale: z.array(z.string()),
  changedAt: instantSchema,
});
export type Registration = z.infer<typeof registrationSchema>;

/** A registration that is in force: its token is in the vault. */
export type Registered = Registration & { readonly secretName: string };

/** Whether the record is that of a workspace that is registered now. */
export function isRegistered(registration: Registration | null): registration is Registered {
  return registration !== null && registration.secretName !== null;
}

/** Whether the caller may know of the registration, and change it: it is theirs, or they are an Operator. */
export function mayManage(caller: Caller, { registeredBy }: Registration): boolean {
  return registeredBy === caller.callerId || hasRole(caller, ["Operator"]);
}

/** The registration as callers see it. */
export function registrationView(registration: Registration): WorkspaceView {
  const { workspaceId, accountType, studioUrl, createdAt, registeredBy, registeredAt } =
    registration;
  const expiresAt = expiresAtOf(registration);
  return {
    id: workspaceId,
    accountType,
    studioUrl,
    createdAt,
    expiresAt,
    registeredBy,
    registeredAt,
  };
}

/**
 * A guest workspace lives for one session of at most eight hours, and its data goes with it
 * (https://github.com/MicrosoftDocs/azure-docs, articles/machine-learning/studio,
 * export-delete-personal-data-dsr.md of 2018).
 */
const GUEST_LIFETIME_MS = 8 * 60 * 60 * 1000;

/** When the workspace ends by itself at the latest; null for one that does not. */
export function expiresAtOf({
  accountType,
  createdAt,
}: Pick<Workspace, "accountType" | "createdAt">): string | null {
  if (accountType !== "guest" || createdAt === null) return null;
  return new Date(Date.parse(createdAt) + GUEST_LIFETIME_MS).toISOString();
}
