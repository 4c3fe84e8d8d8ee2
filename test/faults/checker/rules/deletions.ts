import type { Evidence, Thing } from "../evidence.ts";
import type { Finding } from "../finding.ts";

const GONE: ReadonlySet<string> = new Set(["deleted", "already-gone"]);

/** What is said to be deleted is gone: by a receipt, or by a deletion that has completed without exceptions. */
export function claimedAndThere({ receipts, requests, approvals, source }: Evidence): Finding[] {
  const there = new Set(source.after);
  const said = receipts.flatMap(({ requestId, outcomes }) =>
    outcomes.filter(({ outcome }) => GONE.has(outcome)).map(({ thing }) => ({ requestId, thing })),
  );
  const whole = requests
    .filter(({ kind, state }) => kind === "delete" && state === "completed")
    .flatMap(({ requestId }) => {
      const last = approvals.findLast(
        (approval) => approval.requestId === requestId && approval.answer !== "refused",
      );
      return (last?.covers ?? []).map((thing) => ({ requestId, thing }));
    });
  const wrong = [...said, ...whole].filter(({ thing }) => there.has(thing));
  const texts = new Map(wrong.map((claim) => [`${claim.requestId} ${claim.thing}`, claim]));
  return [...texts.values()].map(({ requestId, thing }) => ({
    count: "lost",
    about: requestId,
    text: `says that ${thing} is deleted, and it is there`,
  }));
}

/** What a receipt says was not deleted has not gone unseen: it is there, or some receipt tells that it was deleted. */
export function goneAndUntold({ receipts, source }: Evidence): Finding[] {
  const there = new Set(source.after);
  const known = new Set(source.before.map(({ thing }) => thing));
  const all = receipts.flatMap(({ requestId, outcomes }) =>
    outcomes.map((outcome) => ({ requestId, ...outcome })),
  );
  const told = new Set(all.filter(({ outcome }) => GONE.has(outcome)).map(({ thing }) => thing));
  return all
    .filter(({ outcome }) => outcome === "failed" || outcome === "blocked-by")
    .filter(({ thing }) => known.has(thing) && !there.has(thing) && !told.has(thing))
    .map(({ requestId, thing }) => ({
      count: "lost",
      about: requestId,
      text: `says that ${thing} was not deleted, and it is gone`,
    }));
}

/** Nothing was made to go twice, and no two requests claim to have deleted the same thing. */
export function doubleDeleted({ source, receipts }: Evidence): Finding[] {
  const effects = source.deletions.filter(({ isEffective }) => isEffective);
  const calls = twice(effects.flatMap(({ things }) => [...new Set(things)]));
  const claims = twice(
    receipts.flatMap(({ outcomes }) =>
      outcomes.filter(({ outcome }) => outcome === "deleted").map(({ thing }) => thing),
    ),
  ).filter((thing) => !calls.includes(thing));
  return [
    ...calls.map((about) => found(about, "was deleted more than once")),
    ...claims.map((about) => found(about, "is told to be deleted by more than one request")),
  ];
}

function twice(things: readonly Thing[]): Thing[] {
  const counts = Map.groupBy(things, (thing) => thing);
  return [...counts].filter(([, all]) => all.length > 1).map(([thing]) => thing);
}

function found(about: Thing, text: string): Finding {
  return { count: "doubleDeleted", about, text };
}
