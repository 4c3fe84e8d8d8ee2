import { z } from "zod";
import type { PrivacyRequest } from "./request.ts";
import { isExporting } from "./rules.ts";

/** Who works on a workspace: one deletion, or any number of exports that are not sealed yet. */

/** The claim of a workspace. It may name requests that have ended; whoever meets those takes them off. */
export const workspaceClaimSchema = z.object({
  exports: z.array(z.string()),
  deletion: z.string().nullable(),
});
export type WorkspaceClaim = z.infer<typeof workspaceClaimSchema>;

/** The claim of a workspace that nobody works on. */
export const NO_CLAIM: WorkspaceClaim = { exports: [], deletion: null };

/** Whether the request still reads workspaces for a package that is not sealed. */
export function readsWorkspaces(request: PrivacyRequest): boolean {
  return isExporting(request) && request.sealedAt === null && request.finishedAt === null;
}

/** Whether the request may delete now, or will as soon as what it waits for is over. */
export function isDestructive(request: PrivacyRequest): boolean {
  const doing = request.state === "blocked" ? request.blockedFrom : request.state;
  if (request.kind !== "delete" || isExporting(request)) return false;
  return doing === "scheduled" || doing === "running" || doing === "verifying";
}
