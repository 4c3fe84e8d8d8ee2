import { z } from "zod";
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

/** What a plan generation came to; complete before any slice of it is started. */
export const planSchema = z.object({
  generation: z.int().positive(),
  plannedAt: instantSchema,
  planHash: z.string(),
  phases: z.int().nonnegative(),
  sliceCount: z.int().nonnegative(),
  items: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  workspaces: z.array(workspaceSchema),
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
 * The request row. `attempt` counts every message sent for a step of the request (slices count their
 * own); a message with another attempt is out of date. `tries` counts the retries in the present state.
 * `sequence` numbers the events. `lookAt` is when the reconciler looks at the request; the due index has a
 * row for that instant. `purgeAt` is fixed when the request ends. `retryOf` is the request whose failed assets
 * this one exports.
 */
export const privacyRequestSchema = z.object({
  requestId: z.string().regex(/^[0-9a-f]{32}$/),
  kind: z.enum(["export", "delete"]),
  exportFirst: z.boolean(),
  retryOf: z.string().nullable(),
  scope: scopeSchema,
  submitter: z.string(),
  source: z.string(),
  externalId: z.string().nullable(),
  bodyHash: z.string(),
  state: stateSchema,
  blockedFrom: stateSchema.nullable(),
  hold: z.enum(["none", "holding", "held"]),
  awaitingIdentity: z.boolean(),
  generation: z.int().nonnegative(),
  plan: planSchema.nullable(),
  approvals: z.array(z.object({ approver: z.string(), at: instantSchema, planHash: z.string() })),
  phase: z.int().nonnegative(),
  cursor: z.string(),
  attempt: z.int().positive(),
  tries: z.int().nonnegative(),
  sequence: z.int().positive(),
  seal: sealSchema.nullable(),
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
 * others have gone on from there, it decides nothing.
 */
export type Command =
  | { readonly kind: "plan" }
  | { readonly kind: "planned"; readonly plan: Plan }
  | {
      readonly kind: "approve";
      readonly approver: string;
      readonly planHash: string;
      readonly startAt: string;
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
  | { readonly kind: "verify"; readonly wakeAt: string }
  | { readonly kind: "seal"; readonly seal: Seal; readonly purgeAt: string }
  | { readonly kind: "complete"; readonly exceptions: number; readonly purgeAt: string | null }
  | {
      readonly kind: "fail";
      readonly attempt: number;
      readonly failure: Failure;
      readonly purgeAt: string | null;
    }
  | { readonly kind: "cancel"; readonly purgeAt: string | null }
  | { readonly kind: "refuse"; readonly failure: Failure }
  | {
      readonly kind: "retry";
      readonly attempt: number;
      readonly hasFailed: boolean;
      readonly notBefore: string | null;
    }
  | { readonly kind: "hold" }
  | { readonly kind: "release" }
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
