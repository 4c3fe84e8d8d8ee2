import { randomBytes } from "node:crypto";
import { accept } from "../../../shared/core/decide.ts";
import type { Intent } from "../../../shared/core/erasure.ts";
import type { PrivacyEvent } from "../../../shared/core/events.ts";
import type { Message, Outgoing } from "../../../shared/core/messages.ts";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import type { DoneSlice, OpenSlice } from "../../../shared/core/slice.ts";
import type { Change, HistoryEntry, Owed } from "../../../shared/pipeline/ports.ts";
import { UTC } from "../requests.ts";

/** Values for the contract suites: complete, and different where a test says so. */

/** A new id, so that tests can share a store. */
export function newRequestId(): string {
  return randomBytes(16).toString("hex");
}

/** An accepted request with the given differences. */
export function sampleRequest(differences: Partial<PrivacyRequest> = {}): PrivacyRequest {
  const submission = {
    requestId: newRequestId(),
    kind: "export" as const,
    exportFirst: false,
    retryOf: null,
    scope: { subject: { email: "ada@example.org" } },
    submitter: "4b1c2d5e-0000-4000-8000-000000000001",
    requestedBy: null,
    approvalsNeeded: 1 as const,
    source: "api",
    externalId: null,
    bodyHash: "c0ffee",
    law: "gdpr" as const,
    traceParent: null,
  };
  return { ...accept(submission, "2026-01-15T08:00:00.000Z", UTC).request, ...differences };
}

/** A history entry by its number. */
export function sampleEntry(number: number): HistoryEntry {
  return {
    number,
    at: "2026-01-15T08:00:00.000Z",
    command: "plan",
    from: "accepted",
    to: "planning",
    actor: "system",
    note: null,
    previousHash: `hash-${number - 1}`,
    hash: `hash-${number}`,
  };
}

/** A message of a request, with the given differences. */
export function sampleMessage(requestId: string, differences: Partial<Message> = {}): Message {
  return { requestId, step: "export", slice: "001-00-000001", attempt: 1, ...differences };
}

/** A message to be delivered at once, or not before an instant. */
export function outgoing(message: Message, notBefore: string | null = null): Outgoing {
  return { message, notBefore };
}

/** An event of a request by its number. */
export function sampleEvent(requestId: string, sequence: number): PrivacyEvent {
  return {
    specversion: "1.0",
    id: `${requestId}-${sequence}`,
    source: "studio-dsr",
    type: "studio-dsr.request.accepted.v1",
    subject: requestId,
    time: "2026-01-15T08:00:00.000Z",
    datacontenttype: "application/json",
    sequence: String(sequence).padStart(10, "0"),
    data: {
      requestId,
      kind: "export",
      state: "accepted",
      ticketSource: "api",
      externalId: null,
      failureCode: null,
      dueAt: "2026-02-16T23:59:59.999Z",
      daysLeft: null,
      manualSteps: null,
    },
  };
}

/** What a request owes: one message and one event. */
export function sampleOwed(requestId: string, key: string): Owed {
  return {
    key,
    send: [outgoing(sampleMessage(requestId))],
    events: [sampleEvent(requestId, 1)],
  };
}

/** A change that stores the request and nothing else, with the given additions. */
export function sampleChange(
  request: PrivacyRequest,
  additions: Partial<Omit<Change, "request">> = {},
): Change {
  return { request, history: [], owed: null, ...additions };
}

/** An open slice that nobody has claimed, with the given differences. */
export function sampleSlice(sliceId: string, differences: Partial<OpenSlice> = {}): OpenSlice {
  return {
    sliceId,
    lines: { offset: 0, bytes: 512 },
    assets: 2,
    expectedBytes: 4096,
    attempt: 1,
    failures: 0,
    epoch: 0,
    leaseUntil: null,
    sentAt: null,
    bytesDone: 0,
    staged: [],
    parts: [],
    ...differences,
  };
}

/** The intent of an asset's deletion, with the given differences. */
export function sampleIntent(key: string, differences: Partial<Intent> = {}): Intent {
  return {
    key,
    number: 0,
    assetId: "a1",
    state: "intended",
    intendedAt: "2026-01-15T08:00:00.000Z",
    operation: null,
    outcome: null,
    evidence: null,
    reason: null,
    answeredAt: null,
    ...differences,
  };
}

/** A settled slice. */
export function sampleDone(sliceId: string): DoneSlice {
  return {
    sliceId,
    epoch: 1,
    settledAt: "2026-01-15T08:05:00.000Z",
    report: `r/${sliceId}.ndjson`,
    reportSha256: "5ca1ab1e",
    files: 1,
    bytes: 4096,
    outcomes: [{ assetId: "a1", outcome: "exported", files: 1, bytes: 4096, reason: null }],
  };
}
