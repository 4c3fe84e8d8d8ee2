import { authorised } from "../authorised.ts";
import type { Evidence, Thing } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/**
 * Where a package was asked for first, no call precedes its seal, and nothing goes that it does not hold. A thing that
 * some request without that wish was allowed to delete is none of this rule's.
 */
export function deletedWithoutSealedExport(evidence: Evidence): Finding[] {
  const { requests, packages, source } = evidence;
  const mayDelete = authorised(evidence);
  const byId = new Map(requests.map((request) => [request.requestId, request]));
  const whole = new Map(
    packages
      .filter(({ problems }) => problems.length === 0)
      .map(({ requestId, holds }) => [requestId, new Set(holds.map(({ thing }) => thing))]),
  );
  const isCovered = (requestId: string, thing: Thing, at: string): boolean => {
    const request = byId.get(requestId);
    if (request?.exportFirst === false) return true;
    const sealedAt = request?.sealedAt ?? null;
    return sealedAt !== null && sealedAt <= at && whole.get(requestId)?.has(thing) === true;
  };
  return source.deletions.flatMap(({ at, things }) =>
    things.flatMap((thing): Finding[] => {
      const allowed = mayDelete(thing, at);
      if (allowed.length === 0) return [];
      if (allowed.some((requestId) => isCovered(requestId, thing, at))) return [];
      const text = `a call at ${at} would delete it before a sealed package held it`;
      return [{ count: "deletedWithoutSealedExport", about: thing, text }];
    }),
  );
}
