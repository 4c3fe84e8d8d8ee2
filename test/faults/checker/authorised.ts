import type { Approval, Bar, Evidence, Thing } from "./evidence.ts";

/** Tells which requests had the right to delete a thing at an instant. */
export type Authorised = (thing: Thing, at: string) => readonly string[];

/**
 * A request had the right when as many people as it needs, its asker not among them, had sent approvals of one plan with
 * that thing, none of them refused, and nothing barred the request at that instant. An approval without an answer may
 * hold.
 */
export function authorised({ requests, submissions, approvals, bars }: Evidence): Authorised {
  const asked = new Map(submissions.map((submission) => [submission.key, submission]));
  const submissionById = new Map(
    requests.map(({ requestId, key }) => [requestId, asked.get(key ?? "")]),
  );
  const barsById = Map.groupBy(bars, ({ requestId }) => requestId);
  const valid = approvals.filter(
    ({ requestId, approver, answer }) =>
      answer !== "refused" && submissionById.get(requestId)?.asker !== approver,
  );
  const byThing = groupedByThing(valid);
  return (thing, at) => {
    const sent = (byThing.get(thing) ?? []).filter((approval) => approval.at <= at);
    const byPlan = Map.groupBy(sent, ({ requestId, planHash }) => `${requestId} ${planHash}`);
    const allowed = [...byPlan.values()].flatMap((ofPlan) => {
      const requestId = ofPlan[0]?.requestId ?? "";
      const people = new Set(ofPlan.map(({ approver }) => approver)).size;
      const isEnough = people >= (submissionById.get(requestId)?.approvalsNeeded ?? 1);
      return isEnough && !isBarred(barsById.get(requestId) ?? [], at) ? [requestId] : [];
    });
    return [...new Set(allowed)];
  };
}

function groupedByThing(approvals: readonly Approval[]): ReadonlyMap<Thing, readonly Approval[]> {
  const byThing = new Map<Thing, Approval[]>();
  for (const approval of approvals) {
    for (const thing of approval.covers) {
      const known = byThing.get(thing);
      if (known === undefined) byThing.set(thing, [approval]);
      else known.push(approval);
    }
  }
  return byThing;
}

function isBarred(bars: readonly Bar[], at: string): boolean {
  return bars.some(({ from, until }) => from < at && (until === null || at < until));
}
