import { describe, expect, it } from "vitest";
import type { Command } from "../../../shared/core/command.ts";
import { decide } from "../../../shared/core/decide.ts";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import {
  A_RESULT,
  AN_IDENTITY,
  AT,
  aPlan,
  aRequest,
  aSubmission,
  LATER,
  RETENTION,
  UTC,
} from "../../support/requests.ts";

/**
 * Every state that a deletion can reach, by every command in every order: breadth first over the real state machine,
 * with counters and times taken out of the request, so that there is an end.
 */

const PEOPLE = [aSubmission.submitter, "requested-by", "approver-1", "approver-2"];
const FAILURE = { code: "source-unavailable", detail: "" };

function commandsFor(request: PrivacyRequest): Command[] {
  const { generation, phase, cursor, attempt } = request;
  const seal = { sealId: "s", manifestSha256: "m", files: 1, bytes: 1, exceptions: 0 };
  const slices = [{ sliceId: "s", attempt: 1 }];
  const plan = (planHash: string) => ({ ...aPlan(generation), planHash, phases: 2 });
  return [
    { kind: "plan" },
    { kind: "plan", replaces: { generation, because: { code: "plan-stale", detail: "" } } },
    { kind: "planned", plan: plan("hash-a") },
    { kind: "planned", plan: plan("hash-b") },
    { kind: "planned", plan: { ...plan("hash-b"), sliceCount: 0 } },
    ...PEOPLE.flatMap((approver) =>
      ["hash-a", "hash-b"].map(
        (planHash): Command => ({ kind: "approve", approver, planHash, startAt: LATER }),
      ),
    ),
    { kind: "start", phase, from: cursor, to: "z", slices, isLast: false },
    { kind: "start", phase, from: cursor, to: cursor, slices: [], isLast: true },
    { kind: "settle", generation, phase },
    { kind: "block", attempt, failure: FAILURE, wakeAt: LATER },
    { kind: "unblock" },
    { kind: "verify", wakeAt: LATER, returned: 1 },
    { kind: "seal", seal, retention: RETENTION },
    {
      kind: "complete",
      manualSteps: 0,
      exceptions: 0,
      retention: RETENTION,
      result: A_RESULT,
      secondLookAt: LATER,
    },
    { kind: "fail", attempt, failure: FAILURE, retention: RETENTION },
    { kind: "cancel", retention: RETENTION },
    { kind: "refuse", failure: FAILURE, retention: RETENTION },
    { kind: "retry", attempt, hasFailed: true, notBefore: null },
    { kind: "hold", isQuiet: false },
    { kind: "hold", isQuiet: true },
    { kind: "release" },
    { kind: "await-identity", calendar: UTC },
    { kind: "confirm-identity", calendar: UTC, identity: AN_IDENTITY },
    { kind: "purge" },
  ];
}

/** What decides what may happen next, and nothing else. */
function abstracted(request: PrivacyRequest): PrivacyRequest {
  const { plan, approvals, generation } = request;
  const isPresent = plan?.generation === generation;
  return {
    ...request,
    generation: 1,
    plan: plan === null ? null : { ...plan, generation: isPresent ? 1 : 0 },
    approvals: approvals
      .map(({ approver, planHash }) => ({ approver, planHash, at: AT }))
      .sort((a, b) => (`${a.approver}${a.planHash}` < `${b.approver}${b.planHash}` ? -1 : 1)),
    attempt: 1,
    tries: 0,
    looks: 0,
    sequence: 1,
    historyCount: 0,
    updatedAt: AT,
    exportedGeneration: 0,
    sealedAt: request.sealedAt === null ? null : AT,
    finishedAt: request.finishedAt === null ? null : AT,
    purgedAt: request.purgedAt === null ? null : AT,
    holdEffectiveAt: request.holdEffectiveAt === null ? null : AT,
    // Dates are not what deletions go by.
    pauses: [],
    identity: null,
    warnAt: null,
    dueAt: AT,
    tidyAt: null,
    // What is erased is over.
    erasedAt: null,
  };
}

type Step = { readonly before: PrivacyRequest; readonly command: Command; readonly at: string };

/** Calls `visit` for every decision that any history leads to; returns how many states there are. */
function explore(
  start: PrivacyRequest,
  visit: (step: Step, decision: ReturnType<typeof decide>) => void,
): number {
  const seen = new Set([JSON.stringify(start)]);
  const queue = [start];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const command of commandsFor(next)) {
      // Only a start goes by the time.
      for (const at of command.kind === "start" ? [AT, LATER] : [AT]) {
        const decision = decisionOf(next, command, at);
        if (decision === null) continue;
        visit({ before: next, command, at }, decision);
        const after = abstracted(decision.request);
        const key = JSON.stringify(after);
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push(after);
      }
    }
  }
  return seen.size;
}

function decisionOf(request: PrivacyRequest, command: Command, at: string) {
  try {
    return decide(request, command, at);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Whether so many people who did not ask for it have approved the plan that is carried out. */
function isApproved({ approvals, plan, submitter, requestedBy, approvalsNeeded }: PrivacyRequest) {
  const others = approvals.filter(
    ({ approver, planHash }) =>
      planHash === plan?.planHash && approver !== submitter && approver !== requestedBy,
  );
  return new Set(others.map(({ approver }) => approver)).size >= approvalsNeeded;
}

describe.each([
  [false, 1],
  [false, 2],
  [true, 1],
  [true, 2],
] as const)(
  "a deletion that exports first: %s, with %i approvals needed",
  (exportFirst, needed) => {
    const start = abstracted(
      aRequest({
        kind: "delete",
        exportFirst,
        approvalsNeeded: needed,
        requestedBy: "requested-by",
      }),
    );

    it("sends no delete message on any path without its plan's approval, its package and its grace", () => {
      const wrong: Step[] = [];
      let sent = 0;
      const states = explore(start, (step, { request, send }) => {
        const isReplaced = step.command.kind === "plan" && request !== step.before;
        if (isReplaced && request.approvals.length > 0) wrong.push(step);
        if (!send.some(({ message }) => message.step === "delete")) return;
        sent += 1;
        const begins = step.before.state === "scheduled";
        const isHeld = begins && request.hold !== "none";
        const isEarly = request.deletesAt === null || request.deletesAt > step.at;
        const hasPackage = !exportFirst || request.sealedAt !== null;
        const isWrong = !isApproved(request) || !hasPackage || isHeld || (begins && isEarly);
        if (isWrong) wrong.push(step);
      });

      expect(wrong).toEqual([]);
      expect(sent).toBeGreaterThan(0);
      expect(states).toBeGreaterThan(500);
    });
  },
);
