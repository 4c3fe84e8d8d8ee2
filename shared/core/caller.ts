import { z } from "zod";
import type { PrivacyRequest } from "./request.ts";

/** Who calls, and what they may see. */

/** The app roles that callers can hold. */
export const roleSchema = z.enum(["Requester", "Approver", "Operator", "Auditor"]);
export type Role = z.infer<typeof roleSchema>;

/** A caller as their token shows: the object id of the person or application, and their roles. */
export type Caller = { readonly callerId: string; readonly roles: readonly Role[] };

/** Whether the caller holds one of the roles. */
export function hasRole({ roles }: Caller, wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.includes(role));
}

/** Whether the caller may have the request's package: who watches may see that it was answered, not how. */
export function mayFetch(caller: Caller, { submitter }: PrivacyRequest): boolean {
  return submitter === caller.callerId || hasRole(caller, ["Operator"]);
}

/** Whether the caller may know of the request: it is theirs, theirs to approve, or they watch over all. */
export function maySee(caller: Caller, { submitter, kind }: PrivacyRequest): boolean {
  if (submitter === caller.callerId || hasRole(caller, ["Operator", "Auditor"])) return true;
  return kind === "delete" && hasRole(caller, ["Approver"]);
}
