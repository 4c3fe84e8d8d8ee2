import { z } from "zod";
import { deletionResultSchema, deletionSummarySchema } from "./erasure.ts";
import { scopeSchema } from "./scope.ts";

/** The privacy request: what it is, and the states it can be in. */

/** The states, in the order of a normal life. */
export const STATES = [
  "accepted",
  "planning",
  "awaiting-approval",
  "scheduled",
  "running",
  "verifying",
  "sealing",
  "blocked",
  "completed",
  "completed-with-exceptions",
  "failed",
  "cancelled",
  "refused",
] as const;
export const stateSchema = z.enum(STATES);
export type State = z.infer<typeof stateSchema>;

const FINAL: ReadonlySet<State> = new Set([
  "completed",
  "completed-with-exceptions",
  "failed",
  "cancelled",
  "refused",
]);

/** Whether nothing but a purge can happen to a request in this state. */
export function isFinal(state: State): boolean {
  return FINAL.has(state);
}

/** An instant: ISO 8601, UTC, milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 });

/** Why a request failed or is blocked: a stable code and a sentence without personal data. */
export const failureSchema = z.object({ code: z.string(), detail: z.string() });
export type Failure = z.infer<typeof failureSchema>;

/** The three account types of Studio (classic). */
export const accountTypeSchema = z.enum(["standard", "free", "guest"]);
export type AccountType = z.infer<typeof accountTypeSchema>;

/** A workspace that a plan covers. `studioUrl` is the origin of its Studio API. */
export const workspaceSchema = z.object({
  workspaceId: z.string().regex(/^[0-9a-f]{32}$/),
  armId: z.string().nullable(),
  name: z.string(),
  accountType: accountTypeSchema,
  studioUrl: z.url(),
  createdAt: z.string().nullable(),
});
export type Workspace = z.infer<typeof workspaceSchema>;

/** What a plan generation came to; complete before any slice of it is started. `deletion` is null for an export. */
export const planSchema = z.object({
  generation: z.int().positive(),
  plannedAt: instantSchema,
  planHash: z.string(),
  phases: z.int().nonnegative(),
  sliceCount: z.int().nonnegative(),
  items: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  workspaces: z.array(workspaceSchema),
  deletion: deletionSummarySchema.nullable(),
});
export type Plan = z.infer<typeof planSchema>;

/** The sealed package: the sealing whose files count, the digest of its manifest and what it holds. */
export const sealSchema = z.object({
  sealId: z.string(),
  manifestSha256: z.string(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  exceptions: z.int().nonnegative(),
});
export type Seal = z.infer<typeof sealSchema>;

/**
 * The package in one file, owed from the seal on. It has messages of its own, for it is composed beside whatever
 * else becomes of the request: `attempt` counts them, `tries` those that ended in an error, `sentAt` is when the
 * last is due. `bytes` is its size once it is there; `failure` says why it never will be.
 */
export const zipSchema = z.object({
  attempt: z.int().positive(),
  tries: z.int().nonnegative(),
  sentAt: instantSchema,
  bytes: z.int().positive().nullable(),
  failure: failureSchema.nullable(),
});
export type Zip = z.infer<typeof zipSchema>;

/**
 * What a person wrote about a step: a comment, a reason. It may name people, so the history has only its digest,
 * taken with the salt; both are here, and go when the row goes.
 */
export const noteSchema = z.object({ salt: z.string(), text: z.string().max(2000) });
export type Note = z.infer<typeof noteSchema>;

/**
 * The request row. `attempt` counts every message sent for a step of the request (slices count their
 * own); a message with another attempt is out of date. `tries` counts the retries in the present state.
 * `sequence` numbers the events. `lookAt` is when the reconciler looks at the request; the due index has a
 * row for that instant. `purgeAt` is fixed when the request ends. `retryOf` is the request whose failed assets
 * this one exports. `receiptAt` is when its receipt was issued.
 *
 * Of a deletion: `requestedBy` is who asked for it by a ticket, `approvalsNeeded` how many people have to approve;
 * `deletesAt` is when the grace period ends; `exportedGeneration` is the plan whose package was sealed before it, and
 * `verifiedFiles` how far its check at the gate has come; `looks` counts the looks whether all is gone, `secondLookAt`
 * is when they are taken once more after the end, and `returned` how many assets were there again by then.
 */
export const privacyRequestSchema = z.object({
  requestId: z.string().regex(/^[0-9a-f]{32}$/),
  kind: z.enum(["export", "delete"]),
  exportFirst: z.boolean(),
  retryOf: z.string().nullable(),
  scope: scopeSchema,
  submitter: z.string(),
  requestedBy: z.string().nullable(),
  approvalsNeeded: z.int().min(1).max(2),
  source: z.string(),
  externalId: z.string().nullable(),
  bodyHash: z.string(),
  state: stateSchema,
  blockedFrom: stateSchema.nullable(),
  hold: z.enum(["none", "holding", "held"]),
  holdEffectiveAt: instantSchema.nullable(),
  awaitingIdentity: z.boolean(),
  generation: z.int().nonnegative(),
  plan: planSchema.nullable(),
  approvals: z.array(z.object({ approver: z.string(), at: instantSchema, planHash: z.string() })),
  notes: z.array(noteSchema.extend({ number: z.int().positive() })),
  deletesAt: instantSchema.nullable(),
  phase: z.int().nonnegative(),
  cursor: z.string(),
  attempt: z.int().positive(),
  tries: z.int().nonnegative(),
  sequence: z.int().positive(),
  seal: sealSchema.nullable(),
  zip: zipSchema.nullable(),
  exportedGeneration: z.int().nonnegative(),
  verifiedFiles: z.int().nonnegative(),
  looks: z.int().nonnegative(),
  result: deletionResultSchema.nullable(),
  secondLookAt: instantSchema.nullable(),
  returned: z.int().nonnegative().nullable(),
  failure: failureSchema.nullable(),
  submittedAt: instantSchema,
  updatedAt: instantSchema,
  wakeAt: instantSchema.nullable(),
  lookAt: instantSchema.nullable(),
  dueAt: instantSchema.nullable(),
  sealedAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
  purgeAt: instantSchema.nullable(),
  purgedAt: instantSchema.nullable(),
  receiptAt: instantSchema.nullable(),
  historyCount: z.int().nonnegative(),
  auditHead: z.string(),
  traceParent: z.string().nullable(),
});
export type PrivacyRequest = z.infer<typeof privacyRequestSchema>;
