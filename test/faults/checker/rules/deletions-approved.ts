import { authorised } from "../authorised.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";

/** Every call that asks to delete is covered, in all that goes by it, by approvals that held when it came. */
export function deletedUnapproved(evidence: Evidence): Finding[] {
  const mayDelete = authorised(evidence);
  return evidence.source.deletions.flatMap(({ at, things }) =>
    things
      .filter((thing) => mayDelete(thing, at).length === 0)
      .map((about) => ({
        count: "deletedUnapproved",
        about,
        text: `a call at ${at} would delete it, and no approval allowed that then`,
      })),
  );
}

/** Nothing went without a call that the source knows of. */
export function vanished({ source }: Evidence): Finding[] {
  const explained = new Set([
    ...source.after,
    ...source.deletions.filter(({ isEffective }) => isEffective).flatMap(({ things }) => things),
  ]);
  return source.before
    .filter(({ thing }) => !explained.has(thing))
    .map(({ thing }) => ({
      count: "deletedUnapproved",
      about: thing,
      text: "is gone, and the source knows of no call that deleted it",
    }));
}
