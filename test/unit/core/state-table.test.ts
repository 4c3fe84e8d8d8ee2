import { describe, expect, it } from "vitest";
import { COMMANDS, type Command, type CommandKind } from "../../../shared/core/command.ts";
import { decide } from "../../../shared/core/decide.ts";
import { isFinal, type PrivacyRequest, STATES, type State } from "../../../shared/core/request.ts";
import { isCode } from "../../../shared/errors.ts";
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

/** One command of each kind, fit for the request that `requestIn` makes. */
const COMMAND: Record<CommandKind, Command> = {
  plan: { kind: "plan" },
  planned: { kind: "planned", plan: aPlan(1) },
  approve: { kind: "approve", approver: "somebody-else", planHash: "plan-hash", startAt: LATER },
  start: {
    kind: "start",
    phase: 1,
    from: "",
    to: "001-01-000001",
    slices: [{ sliceId: "001-01-000001", attempt: 1 }],
    isLast: true,
  },
  settle: { kind: "settle", generation: 1, phase: 1 },
  block: {
    kind: "block",
    attempt: 1,
    failure: { code: "workspace-locked", detail: "locked" },
    wakeAt: LATER,
  },
  unblock: { kind: "unblock" },
  verify: { kind: "verify", wakeAt: LATER },
  seal: {
    kind: "seal",
    seal: { sealId: "s", manifestSha256: "m", files: 1, bytes: 1, exceptions: 0 },
    retention: RETENTION,
  },
  complete: {
    kind: "complete",
    manualSteps: 0,
    exceptions: 0,
    retention: RETENTION,
    result: A_RESULT,
    secondLookAt: null,
  },
  fail: {
    kind: "fail",
    attempt: 1,
    failure: { code: "source-invalid", detail: "invalid" },
    retention: RETENTION,
  },
  cancel: { kind: "cancel", retention: RETENTION },
  refuse: {
    kind: "refuse",
    failure: { code: "forbidden", detail: "refused" },
    retention: RETENTION,
  },
  retry: { kind: "retry", attempt: 1, hasFailed: true, notBefore: LATER },
  hold: { kind: "hold", isQuiet: false },
  release: { kind: "release" },
  extend: { kind: "extend", calendar: UTC },
  "await-identity": { kind: "await-identity", calendar: UTC },
  "confirm-identity": { kind: "confirm-identity", calendar: UTC, identity: AN_IDENTITY },
  purge: { kind: "purge" },
  zip: { kind: "zip", attempt: 1, hasFailed: true, notBefore: LATER },
  zipped: { kind: "zipped", result: { bytes: 1 } },
  receipted: { kind: "receipted" },
  warn: { kind: "warn", calendar: UTC },
  erase: { kind: "erase" },
};

const OWED_ZIP = { attempt: 1, tries: 0, sentAt: AT, bytes: null, failure: null };
const APPROVED = [{ approver: "somebody-else", at: AT, planHash: "plan-hash" }];
const OWN = [{ approver: aSubmission.submitter, at: AT, planHash: "plan-hash" }];
const OTHER_PLAN = [{ approver: "somebody-else", at: AT, planHash: "older" }];

function requestIn(state: State, fields: Partial<PrivacyRequest> = {}): PrivacyRequest {
  const isPlanned = state !== "accepted" && state !== "planning";
  return aRequest({
    state,
    generation: state === "accepted" ? 0 : 1,
    plan: isPlanned ? aPlan(1) : null,
    phase: isPlanned ? 1 : 0,
    blockedFrom: state === "blocked" ? "planning" : null,
    finishedAt: isFinal(state) ? AT : null,
    zip: isFinal(state) ? OWED_ZIP : null,
    ...fields,
  });
}

/** What a cell comes to: the next state, `-` for nothing, `!` for a refusal, `*` for a change in place. */
function outcome(request: PrivacyRequest, command: Command): string {
  try {
    const decision = decide(request, command, LATER);
    if (decision.request === request) return "-";
    return decision.request.state === request.state ? "*" : decision.request.state;
  } catch (error) {
    if (isCode(error, "state-conflict")) return "!";
    throw error;
  }
}

function rowOf(state: State, fields?: Partial<PrivacyRequest>): string {
  return COMMANDS.map((kind) => outcome(requestIn(state, fields), COMMAND[kind])).join(" ");
}

const FINAL_ROW = "- - ! - - - - - - - - ! ! - ! - ! ! - * * * * - -";

describe("the state table of an export", () => {
  // In the order of COMMANDS: plan planned approve start settle block unblock verify seal complete fail cancel
  // refuse retry hold release extend await-identity confirm-identity purge zip zipped receipted warn erase.
  it.each<[State, string]>([
    [
      "accepted",
      "planning - ! - - blocked - - - - failed cancelled refused * * - * * - - - - - - -",
    ],
    [
      "planning",
      "* running ! - - blocked - - - - failed cancelled refused * * - * * - - - - - - -",
    ],
    [
      "awaiting-approval",
      "planning - scheduled - - blocked - - - - failed cancelled refused - * - * * - - - - - - -",
    ],
    [
      "scheduled",
      "planning - - - - blocked - - - - failed cancelled refused * * - * * - - - - - - -",
    ],
    ["running", "- - ! * sealing blocked - - - - failed cancelled ! * * - * ! - - - - - - -"],
    ["verifying", "- - ! - - blocked - * - completed failed cancelled ! * * - * ! - - - - - - -"],
    ["sealing", "- - ! - - blocked - - completed - failed cancelled ! * * - * ! - - - - - - -"],
    ["blocked", "- - ! - - * planning - - - failed cancelled refused - * - * * - - - - - - -"],
    ["completed", FINAL_ROW],
    ["completed-with-exceptions", FINAL_ROW],
    ["failed", FINAL_ROW],
    ["cancelled", "- - ! - - - - - - - - - ! - ! - ! ! - * * * * - -"],
    ["refused", "- - ! - - - - - - - - ! - - ! - ! ! - * * * * - -"],
  ])("answers every command in the state %s", (state, expected) => {
    expect(rowOf(state)).toBe(expected);
  });

  it("covers every state and every command", () => {
    expect(STATES).toHaveLength(13);
    expect(COMMANDS).toHaveLength(25);
    expect(new Set(COMMANDS)).toEqual(new Set(Object.keys(COMMAND)));
  });
});

describe("the state table of a delete", () => {
  it.each<[State, Partial<PrivacyRequest>, CommandKind, string]>([
    ["planning", {}, "planned", "awaiting-approval"],
    ["planning", { exportFirst: true }, "planned", "running"],
    ["running", {}, "settle", "verifying"],
    ["running", { exportFirst: true }, "settle", "sealing"],
    ["sealing", { exportFirst: true }, "seal", "planning"],
    ["scheduled", {}, "start", "-"],
    ["scheduled", { approvals: APPROVED }, "start", "running"],
    ["scheduled", { approvals: OWN }, "start", "-"],
    ["scheduled", { approvals: OTHER_PLAN }, "start", "-"],
    ["scheduled", { approvals: APPROVED, approvalsNeeded: 2 }, "start", "-"],
    ["scheduled", { approvals: APPROVED, hold: "holding" }, "start", "-"],
    ["scheduled", { approvals: APPROVED, awaitingIdentity: true }, "start", "-"],
    ["scheduled", { approvals: APPROVED, deletesAt: "2026-03-02T10:00:00.001Z" }, "start", "-"],
    ["running", { phase: 1 }, "start", "-"],
    ["running", { phase: 1, approvals: APPROVED }, "start", "*"],
    ["awaiting-approval", { approvalsNeeded: 2 }, "approve", "*"],
    ["awaiting-approval", { approvalsNeeded: 2, approvals: APPROVED }, "approve", "-"],
    ["completed", { secondLookAt: LATER }, "verify", "*"],
    ["completed-with-exceptions", { secondLookAt: LATER }, "verify", "*"],
    ["completed", { secondLookAt: LATER }, "fail", "*"],
    ["completed", { secondLookAt: LATER }, "retry", "*"],
    ["running", {}, "cancel", "!"],
    ["running", { exportFirst: true }, "cancel", "cancelled"],
    ["running", { exportFirst: true, sealedAt: AT }, "cancel", "!"],
    ["verifying", {}, "cancel", "!"],
    ["blocked", { blockedFrom: "running" }, "cancel", "!"],
    ["blocked", { blockedFrom: "running" }, "refuse", "!"],
    ["blocked", { blockedFrom: "planning" }, "cancel", "cancelled"],
    ["awaiting-approval", { zip: OWED_ZIP }, "zip", "*"],
    ["running", { zip: OWED_ZIP }, "zipped", "*"],
    ["running", { zip: { ...OWED_ZIP, bytes: 1 } }, "zipped", "-"],
    ["running", { zip: { ...OWED_ZIP, attempt: 2 } }, "zip", "-"],
    ["completed", { zip: OWED_ZIP, purgedAt: AT }, "zip", "-"],
  ])("in the state %s with %o the command %s comes to %s", (state, fields, kind, expected) => {
    const request = requestIn(state, { kind: "delete", ...fields });

    expect(outcome(request, COMMAND[kind])).toBe(expected);
  });
});
