import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command } from "../../../shared/core/command.ts";
import { decide } from "../../../shared/core/decide.ts";
import { messageId } from "../../../shared/core/messages.ts";
import { isFinal, type PrivacyRequest } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import { anyCommands } from "../../support/any-command.ts";
import { AT, aPlan, aRequest, LATER } from "../../support/requests.ts";

describe("decide", () => {
  it("begins a new plan generation with every planner", () => {
    const first = decide(aRequest(), { kind: "plan" }, AT).request;
    const second = decide(first, { kind: "plan" }, AT).request;

    expect([first.generation, second.generation]).toEqual([1, 2]);
    expect(decide(second, { kind: "planned", plan: aPlan(1) }, AT).request).toBe(second);
    expect(decide(second, { kind: "planned", plan: aPlan(2) }, AT).request.state).toBe("running");
  });

  it("sends a step again under the next attempt, once", () => {
    const request = aRequest({ state: "sealing", attempt: 4 });

    const retry = { kind: "retry", attempt: 4, hasFailed: true, notBefore: LATER } as const;
    const again = decide(request, retry, AT);

    expect(again.send).toEqual([
      {
        message: { requestId: request.requestId, step: "seal", slice: "", attempt: 5 },
        notBefore: LATER,
      },
    ]);
    expect(again.request).toMatchObject({ attempt: 5, tries: 1, wakeAt: LATER });
    expect(decide(again.request, retry, AT).send).toEqual([]);
  });

  it("goes back to where it was blocked", () => {
    const blocked = decide(
      aRequest({
        state: "running",
        generation: 1,
        plan: aPlan(1),
        phase: 1,
        cursor: "001-01-000009",
      }),
      {
        kind: "block",
        attempt: 1,
        failure: { code: "workspace-locked", detail: "locked" },
        wakeAt: LATER,
      },
      AT,
    ).request;

    const back = decide(blocked, { kind: "unblock" }, LATER);

    expect(blocked).toMatchObject({ state: "blocked", blockedFrom: "running", wakeAt: LATER });
    expect(back.request).toMatchObject({
      state: "running",
      blockedFrom: null,
      cursor: "001-01-000009",
      wakeAt: null,
    });
    expect(back.send.map(({ message }) => message.step)).toEqual(["start"]);
  });

  it("refuses an approval by the submitter, and one of another plan", () => {
    const request = aRequest({ kind: "delete", state: "awaiting-approval", plan: aPlan(1) });
    const approve = {
      kind: "approve",
      approver: "other",
      planHash: "plan-hash",
      startAt: LATER,
    } as const;

    expect(() => decide(request, { ...approve, approver: request.submitter }, AT)).toThrow(
      expect.objectContaining({ code: "forbidden" }),
    );
    expect(() => decide(request, { ...approve, planHash: "older" }, AT)).toThrow(
      expect.objectContaining({ code: "plan-stale" }),
    );
  });

  it("lets a worker that was overtaken neither fail nor block the request", () => {
    const request = aRequest({ state: "running", attempt: 3, plan: aPlan(1) });
    const failure = { code: "source-invalid", detail: "invalid" };

    const failed = decide(request, { kind: "fail", attempt: 2, failure, purgeAt: null }, AT);
    const blocked = decide(request, { kind: "block", attempt: 2, failure, wakeAt: LATER }, AT);

    expect([failed.request, blocked.request]).toEqual([request, request]);
  });

  it("does not start a scheduled delete before its time", () => {
    const scheduled = aRequest({
      kind: "delete",
      state: "scheduled",
      plan: aPlan(1),
      approvals: [{ approver: "somebody-else", at: AT, planHash: "plan-hash" }],
      phase: 1,
      wakeAt: LATER,
    });
    const start = { kind: "start", phase: 1, from: "", to: "x", slices: [], isLast: true } as const;

    expect(decide(scheduled, start, AT).request).toBe(scheduled);
    expect(decide(scheduled, start, LATER).request.state).toBe("running");
  });
});

describe("an approved delete", () => {
  it("sends its slices once it has begun", () => {
    const commands: Command[] = [
      { kind: "plan" },
      { kind: "planned", plan: aPlan(1) },
      { kind: "approve", approver: "somebody-else", planHash: "plan-hash", startAt: AT },
      {
        kind: "start",
        phase: 1,
        from: "",
        to: "s1",
        slices: [{ sliceId: "s1", attempt: 1 }],
        isLast: true,
      },
    ];

    const last = history(aRequest({ kind: "delete" }), commands).at(-1);

    expect(last?.request.state).toBe("running");
    expect(last?.send).toEqual(["0123456789abcdef0123456789abcdef-delete-s1-1"]);
  });
});

/** Runs commands one after another; a refusal leaves the request as it is. */
function history(start: PrivacyRequest, commands: readonly Command[]) {
  const steps = [{ request: start, send: [] as string[], events: [] as string[] }];
  let request = start;
  for (const command of commands) {
    try {
      const decision = decide(request, command, AT);
      request = decision.request;
      steps.push({
        request,
        send: decision.send.map(({ message }) => messageId(message)),
        events: decision.events.map(({ id }) => id),
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return steps;
}

/** A new plan, another look, another wait: each time it is asked for, it is done. */
const MEANT_TO_REPEAT: ReadonlySet<string> = new Set(["plan", "block", "verify", "unblock"]);

describe("any history of commands", () => {
  const runs = { numRuns: 20_000 };
  const needed = fc.constantFrom(1 as const, 2 as const);

  it("stays in a final state once it is reached", () => {
    fc.assert(
      fc.property(anyCommands(), (commands) => {
        const states = history(aRequest(), commands).map(({ request }) => request.state);
        const end = states.findIndex(isFinal);

        expect(new Set(end < 0 ? [] : states.slice(end)).size).toBeLessThanOrEqual(1);
      }),
      runs,
    );
  });

  it("decides nothing for a command that it has just taken", () => {
    fc.assert(
      fc.property(anyCommands(), (commands) => {
        let request = aRequest();
        for (const command of commands) {
          request = attempt(request, command);
          const again = attempt(request, command);

          expect(MEANT_TO_REPEAT.has(command.kind) || again === request).toBe(true);
        }
      }),
      runs,
    );
  });

  it("gives every message and every event an id of its own", () => {
    fc.assert(
      fc.property(anyCommands(), (commands) => {
        const steps = history(aRequest(), commands);
        const requestSteps = steps.flatMap(({ send }) => send).filter((id) => id.includes("--"));
        const events = steps.flatMap((step) => step.events);

        expect(new Set(requestSteps).size).toBe(requestSteps.length);
        expect(new Set(events).size).toBe(events.length);
      }),
      runs,
    );
  });

  it("never reaches deletion without an approval of the present plan by somebody else", () => {
    fc.assert(
      fc.property(anyCommands(), fc.boolean(), needed, (commands, exportFirst, approvalsNeeded) => {
        const start = aRequest({ kind: "delete", exportFirst, approvalsNeeded });
        const wrong = history(start, commands).filter(({ request, send }) => {
          const approvers = request.approvals
            .filter(({ planHash }) => planHash === request.plan?.planHash)
            .filter(({ approver }) => approver !== request.submitter)
            .map(({ approver }) => approver);
          const isApproved = new Set(approvers).size >= approvalsNeeded;
          const isDeleting = send.some((id) => id.includes("-delete-"));
          return isDeleting && (!isApproved || (exportFirst && request.sealedAt === null));
        });

        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });
});

function attempt(request: PrivacyRequest, command: Parameters<typeof decide>[1]): PrivacyRequest {
  try {
    return decide(request, command, AT).request;
  } catch (error) {
    if (error instanceof AppError) return request;
    throw error;
  }
}
