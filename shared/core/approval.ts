import type { PrivacyRequest } from "./request.ts";

/** Who may approve a deletion, and when it is approved. */

/** An object id of the directory: a GUID. What a ticket calls a person may be anything else. */
const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * How many people have to approve a request: one, if it is known who asked for it, so that somebody else is surely
 * somebody else; two, if a ticket does not say by an object id of the directory who that is.
 */
export function approvalsNeeded(source: string, requestedBy: string | null): 1 | 2 {
  if (source === "http") return 1;
  return requestedBy !== null && OBJECT_ID.test(requestedBy) ? 1 : 2;
}

/** Whether this person asked for the request: its submitter, or whom its ticket names. */
export function isAuthor({ submitter, requestedBy }: PrivacyRequest, person: string): boolean {
  return isSame(person, submitter) || (requestedBy !== null && isSame(person, requestedBy));
}

/** Whether this person has approved the present plan. */
export function hasApproved({ approvals, plan }: PrivacyRequest, person: string): boolean {
  return approvals.some(
    ({ approver, planHash }) => planHash === plan?.planHash && isSame(approver, person),
  );
}

/** Whether enough people, none of whom asked for it, have approved the present plan. */
export function isApproved(request: PrivacyRequest): boolean {
  const { approvals, plan, approvalsNeeded: needed } = request;
  const valid = approvals.filter(
    ({ approver, planHash }) => planHash === plan?.planHash && !isAuthor(request, approver),
  );
  return new Set(valid.map(({ approver }) => approver.toLowerCase())).size >= needed;
}

/** Object ids are the same in any case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
