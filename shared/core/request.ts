import { z } from "zod";
import { type DeletionResult, deletionResultSchema, deletionSummarySchema } from "./erasure.ts";
import {
  type Failure,
  failureSchema,
  instantSchema,
  type Note,
  noteSchema,
  type Seal,
  sealSchema,
  zipSchema,
} from "./row-parts.ts";
import { scopeSchema } from "./scope.ts";

/** The privacy request: what it is, the states it can be in, and the commands that move it. */

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

/**
 * The request row. `attempt` counts every message sent for a step of the request (slices count their
 * own); a message with another attempt is out of date. `tries` counts the retries in the present state.
 * `sequence` numbers the events. `lookAt` is when the reconciler looks at the request; the due index has a
 * row for that instant. `purgeAt` is fixed when the request ends. `retryOf` is the request whose failed assets
 * this one is about.
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
  exportedGeneration: z.int().nonnegative(),
  verifiedFiles: z.int().nonnegative(),
  looks: z.int().nonnegative(),
  result: deletionResultSchema.nullable(),
  secondLookAt: instantSchema.nullable(),
  returned: z.int().nonnegative().nullable(),
  zip: zipSchema.nullable(),
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
  historyCount: z.int().nonnegative(),
  auditHead: z.string(),
  traceParent: z.string().nullable(),
});
export type PrivacyRequest = z.infer<typeof privacyRequestSchema>;

/**
 * What can be asked of a request. `attempt` names the request's attempt that a worker's word is about: when
 * others have gone on from there, it decides nothing. `note` is what a person wrote about it. `because` tells why a
 * plan is made anew; `isQuiet` that no worker has a lease any more; `returned` what a second look found.
 */
export type Command =
  | { readonly kind: "plan"; readonly because?: Failure }
  | { readonly kind: "planned"; readonly plan: Plan }
  | {
      readonly kind: "approve";
      readonly approver: string;
      readonly planHash: string;
      readonly startAt: string;
      readonly note?: Note;
    }
  | {
      readonly kind: "start";
      readonly phase: number;
      readonly from: string;
      readonly to: string;
      readonly slices: readonly { readonly sliceId: string; readonly attempt: number }[];
      readonly isLast: boolean;
    }
  | { readonly kind: "settle"; readonly generation: number; readonly phase: number }
  | {
      readonly kind: "block";
      readonly attempt: number;
      readonly failure: Failure;
      readonly wakeAt: string;
    }
  | { readonly kind: "unblock" }
  | { readonly kind: "verify"; readonly wakeAt: string; readonly returned?: number }
  | { readonly kind: "seal"; readonly seal: Seal; readonly purgeAt: string }
  | {
      readonly kind: "complete";
      readonly exceptions: number;
      readonly purgeAt: string | null;
      readonly result: DeletionResult;
      readonly secondLookAt: string | null;
    }
  | {
      readonly kind: "fail";
      readonly attempt: number;
      readonly failure: Failure;
      readonly purgeAt: string | null;
    }
  | { readonly kind: "cancel"; readonly purgeAt: string | null; readonly note?: Note }
  | {
      readonly kind: "refuse";
      readonly failure: Failure;
      readonly purgeAt: string | null;
      readonly note?: Note;
    }
  | {
      readonly kind: "retry";
      readonly attempt: number;
      readonly hasFailed: boolean;
      readonly notBefore: string | null;
      readonly verifiedFiles?: number;
    }
  | { readonly kind: "hold"; readonly isQuiet: boolean; readonly note?: Note }
  | { readonly kind: "release"; readonly note?: Note }
  | { readonly kind: "extend"; readonly dueAt: string }
  | { readonly kind: "await-identity" }
  | { readonly kind: "confirm-identity" }
  | { readonly kind: "purge" }
  | {
      readonly kind: "zip";
      readonly attempt: number;
      readonly hasFailed: boolean;
      readonly notBefore: string | null;
    }
  | { readonly kind: "zipped"; readonly result: { readonly bytes: number } | Failure };
export type CommandKind = Command["kind"];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

/** All command kinds, in the order of the state table's columns. */
export const COMMANDS = [
  "plan",
  "planned",
  "approve",
  "start",
  "settle",
  "block",
  "unblock",
  "verify",
  "seal",
  "complete",
  "fail",
  "cancel",
  "refuse",
  "retry",
  "hold",
  "release",
  "extend",
  "await-identity",
  "confirm-identity",
  "purge",
  "zip",
  "zipped",
] as const satisfies readonly CommandKind[];
