import { PURGE_WAIT_MS } from "./expiry.ts";
import { keepWake } from "./note-rules.ts";
import type { PrivacyRequest } from "./request.ts";
import type { Rule } from "./rules.ts";
import { ERASED_SCOPE } from "./scope.ts";
import { addMs } from "./time.ts";

/** The rules of the state table for what is removed once a request has ended. */

/** Records when the content was removed; asked again, the first instant stays. It is looked for once more later. */
export const purge: Rule<"purge"> = (request, _command, at) =>
  request.purgedAt === null
    ? {
        ...keepWake(request, {
          purgedAt: at,
          purgingUntil: null,
          tidyAt: addMs(at, PURGE_WAIT_MS),
        }),
        tell: "purged",
      }
    : "same";

/**
 * Erases the personal data of a request whose content is gone. What is left says of nobody anything: kind, law, state,
 * times, counts, and digests of what was there.
 */
export const erase: Rule<"erase"> = (request, _command, at) =>
  request.purgedAt === null || request.erasedAt !== null
    ? "same"
    : keepWake(request, { ...withoutPeople(request), erasedAt: at, tidyAt: null });

function withoutPeople({ plan, failure }: PrivacyRequest): Partial<PrivacyRequest> {
  return {
    scope: ERASED_SCOPE,
    submitter: "",
    requestedBy: null,
    externalId: null,
    bodyHash: "",
    approvals: [],
    notes: [],
    identity: null,
    traceParent: null,
    plan: plan === null ? null : { ...plan, workspaces: [] },
    // People may have written the detail.
    failure: failure === null ? null : { code: failure.code, detail: "" },
  };
}
