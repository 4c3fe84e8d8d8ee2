import type {
  Approval,
  Evidence,
  FinalRequest,
  PublishedEvent,
  Submission,
} from "../../../faults/checker/evidence.ts";

/**
 * A run in which every promise was kept: an export, a deletion after its export, and a plain deletion whose submission
 * and approval were both answered only at the second try.
 */
export const GOOD: Evidence = {
  collectedAt: at(59),
  submissions: [
    submission("k1", { kind: "export", things: ["w1/a", "w1/b"] }),
    submission("k2", { kind: "delete", exportFirst: true, things: ["w2/a"] }),
    submission("k3", {
      kind: "delete",
      tries: [
        { at: at(0), answer: "unknown", requestId: null },
        { at: at(1), answer: "ok", requestId: "r3" },
      ],
    }),
    submission("k4", { tries: [{ at: at(0), answer: "refused", requestId: null }] }),
  ],
  approvals: [
    approval("r2", at(10), ["w2/a"]),
    approval("r3", at(12), ["w3/a", "w3"], "unknown"),
    approval("r3", at(13), ["w3/a", "w3"], "refused"),
  ],
  bars: [{ requestId: "r2", why: "held", from: at(10), until: at(19) }],
  requests: [
    request("r1", "k1", { sealedAt: at(5), purgeAt: at(40) }),
    request("r2", "k2", { kind: "delete", exportFirst: true, sealedAt: at(8), purgeAt: at(58) }),
    request("r3", "k3", { kind: "delete" }),
  ],
  source: {
    before: [
      { thing: "w1/a", since: at(0), sha256: "aa" },
      { thing: "w1/b", since: at(0), sha256: null },
      { thing: "w2/a", since: at(0), sha256: "bb" },
      { thing: "w3/a", since: at(0), sha256: null },
      { thing: "w3", since: at(0), sha256: null },
    ],
    after: ["w1/a", "w1/b"],
    deletions: [
      { at: at(20), things: ["w2/a"], isEffective: true },
      { at: at(21), things: ["w2/a"], isEffective: false },
      { at: at(21), things: ["w3", "w3/a"], isEffective: true },
    ],
  },
  packages: [
    {
      requestId: "r1",
      problems: [],
      holds: [{ thing: "w1/a", sha256: "aa" }],
      exceptions: ["w1/b"],
    },
    { requestId: "r2", problems: [], holds: [{ thing: "w2/a", sha256: "bb" }], exceptions: [] },
  ],
  receipts: [
    { requestId: "r1", problems: [], state: "completed", outcomes: [] },
    {
      requestId: "r2",
      problems: [],
      state: "completed",
      outcomes: [{ thing: "w2/a", outcome: "deleted" }],
    },
    {
      requestId: "r3",
      problems: [],
      state: "completed",
      outcomes: [{ thing: "w3", outcome: "deleted" }],
    },
  ],
  events: ["r1", "r2", "r3"].flatMap((requestId) => [
    event(requestId, 1, "accepted"),
    event(requestId, 3, "completed"),
    event(requestId, 2, "planning"),
    event(requestId, 3, "completed"),
  ]),
  purges: [{ requestId: "r1", at: at(41) }],
  deadLetters: [{ queue: "tickets", messageId: "bad", reason: "no JSON" }],
  plantedMessages: ["bad"],
};

/** An instant, so many seconds after the beginning. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();
}

/** A request that has completed. */
export function request(
  requestId: string,
  key: string,
  some: Partial<FinalRequest> = {},
): FinalRequest {
  return {
    requestId,
    key,
    kind: "export",
    exportFirst: false,
    state: "completed",
    failureCode: null,
    sealedAt: null,
    finishedAt: at(30),
    purgeAt: null,
    ...some,
  };
}

/** A submission by `rita` that was acknowledged as the request of the same number. */
export function submission(key: string, some: Partial<Submission> = {}): Submission {
  return {
    key,
    asker: "rita",
    kind: "export",
    exportFirst: false,
    approvalsNeeded: 1,
    things: null,
    mayEndAs: ["completed"],
    tries: [{ at: at(0), answer: "ok", requestId: key.replace("k", "r") }],
    ...some,
  };
}

/** An approval by `anna` of the only plan of a request. */
export function approval(
  requestId: string,
  sentAt: string,
  covers: readonly string[],
  answer: Approval["answer"] = "ok",
): Approval {
  return { requestId, approver: "anna", at: sentAt, answer, planHash: "p1", covers };
}

/** An event of a request. */
export function event(requestId: string, sequence: number, tells: string): PublishedEvent {
  return { id: `${requestId}-${sequence}`, requestId, sequence, tells };
}
