import { z } from "zod";
import { deletionControlsSchema } from "./controls.ts";
import { planDocumentSchema, planLineSchema } from "./deletion-plan.ts";
import { deletionResultSchema, deletionSummarySchema } from "./erasure.ts";
import {
  ASSURANCE_LEVELS,
  accountTypeSchema,
  failureSchema,
  identitySchema,
  stateSchema,
  workspaceSchema,
} from "./request.ts";
import { scopeInputSchema, scopeSchema } from "./scope.ts";

export * from "./wire-audit.ts";
export * from "./wire-workspaces.ts";

import { LAWS } from "./statutory-clock.ts";

/** The shapes of the HTTP API. The handlers and the command line both use them. */

export * from "./wire-lists.ts";

/** The id of a ticket. It is in events and lists, so it can be no address of a person. */
const externalIdSchema = z.string().regex(/^[\w.:#/-]{1,200}$/, {
  error: "must be the number of a ticket: 1 to 200 letters, digits and . _ : # / -",
});

/** `POST /api/privacy-requests`. */
export const submitBodySchema = z.strictObject({
  kind: z.enum(["export", "delete"]),
  scope: scopeInputSchema,
  exportFirst: z.boolean().optional(),
  externalId: externalIdSchema.optional(),
  /** The law by which it is due; the service has a default. */
  law: z.enum(LAWS).optional(),
});
export type SubmitBody = z.infer<typeof submitBodySchema>;

const progressSchema = z.object({ done: z.int(), total: z.int().nullable() });

/**
 * How a deletion stands: the plan to approve, the approvals of it, the end of the grace period, a hold and the instant
 * from which no destructive call starts under it, and, at the end, what became of the assets. `returned` is how many
 * were there again at the second look.
 */
const deletionViewSchema = z.object({
  plan: deletionSummarySchema
    .extend({ url: z.string(), generation: z.int(), planHash: z.string(), plannedAt: z.string() })
    .nullable(),
  approvals: z.object({ given: z.int(), needed: z.int() }),
  deletesAt: z.string().nullable(),
  hold: z.object({
    state: z.enum(["none", "holding", "held"]),
    effectiveAt: z.string().nullable(),
  }),
  outcomes: deletionResultSchema.omit({ outcomes: true, outcomesSha256: true }).nullable(),
  returned: z.int().nullable(),
});

/**
 * By when the law wants an answer: the last instant of the last day. It may be extended once; it is paused while an
 * identity is awaited.
 */
const deadlineViewSchema = z.object({
  law: z.enum(LAWS),
  dueAt: z.string(),
  isExtended: z.boolean(),
  isPaused: z.boolean(),
  awaitsIdentity: z.boolean(),
});

/** `GET /api/privacy-requests/{id}`, and the answer to a submission. Instants are ISO 8601, UTC. */
export const requestViewSchema = z.object({
  id: z.string(),
  kind: z.enum(["export", "delete"]),
  state: stateSchema,
  stage: z.string(),
  retryOf: z.string().nullable(),
  scope: scopeSchema,
  source: z.string(),
  externalId: z.string().nullable(),
  submittedAt: z.string(),
  updatedAt: z.string(),
  finishedAt: z.string().nullable(),
  wakeAt: z.string().nullable(),
  workspaces: z.array(
    z.object({
      workspaceId: z.string(),
      name: z.string(),
      accountType: accountTypeSchema,
      /** When a guest workspace ends by itself at the latest; null for others. */
      expiresAt: z.string().nullable(),
    }),
  ),
  deadline: deadlineViewSchema,
  /** The evidence of whose data it is, once it was confirmed. */
  identity: identitySchema.nullable(),
  progress: z.object({ items: progressSchema, bytes: progressSchema }),
  exceptions: z.int(),
  failure: failureSchema.nullable(),
  package: z
    .object({ url: z.string(), sealedAt: z.string(), purgeAt: z.string().nullable() })
    .nullable(),
  receipt: z.object({ url: z.string(), issuedAt: z.string() }).nullable(),
  /** When the package and everything in it were removed, and when the personal data of the request was. */
  purgedAt: z.string().nullable(),
  erasedAt: z.string().nullable(),
  /** Of a deletion: its plan, who has approved it, and when it begins; null for an export. */
  deletion: deletionViewSchema.nullable(),
});
export type RequestView = z.infer<typeof requestViewSchema>;

/** One file of a package: its path in the bag, its size and digest, and a link that reads it for a while. */
export const packageFileSchema = z.object({
  path: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  url: z.url(),
});

/**
 * `GET /api/privacy-requests/{id}/package`. Every link in it is good until `expiresAt`; `zip` is null until
 * the one-file form exists.
 */
export const packageViewSchema = z.object({
  files: z.array(packageFileSchema),
  zip: z.object({ url: z.url(), bytes: z.int() }).nullable(),
  expiresAt: z.string(),
});
export type PackageView = z.infer<typeof packageViewSchema>;

/** `GET /api/privacy-requests/{id}/plan`: everything that an approval of `planHash` covers, and what to know besides. */
export const planViewSchema = planDocumentSchema.extend({
  requestId: z.string(),
  kind: z.literal("delete"),
  deletesAt: z.string().nullable(),
  summary: deletionSummarySchema.extend({ items: z.int(), bytes: z.int() }),
  workspaces: z.array(workspaceSchema),
  assets: z.array(
    planLineSchema
      .omit({ folder: true, sourceId: true, assetId: true })
      .extend({ id: z.string(), neededBy: z.array(z.object({ kind: z.string(), id: z.string() })) })
      .extend({ usedBy: z.array(z.object({ kind: z.string(), id: z.string() })) }),
  ),
});
export type PlanView = z.infer<typeof planViewSchema>;

const planHashSchema = z.string().regex(/^[0-9a-f]{64}$/, { error: "must be a plan's hash" });
const textSchema = z.string().trim().min(1).max(1000);

/** `POST .../approval`: the hash of the plan that was read. */
export const approvalBodySchema = z.strictObject({
  planHash: planHashSchema,
  comment: textSchema.optional(),
});

/** `POST .../refuse`, `.../hold`, `.../release`, `.../extend` and `.../await-identity`: why. */
export const reasonBodySchema = z.strictObject({ reason: textSchema });

/** `POST .../cancel`: why, if anybody wants to say. */
export const cancelBodySchema = z.strictObject({ reason: textSchema.optional() });

/** `POST .../confirm-identity`: how it was verified, with which assurance, and when (now, if it is not said). */
export const identityBodySchema = z.strictObject({
  method: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, {
    error: "must be a short name of a method, such as id-document",
  }),
  level: z.enum(ASSURANCE_LEVELS),
  verifiedAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text).toISOString())
    .optional(),
});
export type IdentityBody = z.infer<typeof identityBodySchema>;

/** `GET /api/controls/deletions`, and the answer to setting them. */
export const controlsViewSchema = deletionControlsSchema;
export type ControlsView = z.infer<typeof controlsViewSchema>;

/** `PUT /api/controls/deletions`; the answer says who set it and when. */
export const controlsBodySchema = deletionControlsSchema
  .pick({ stopped: true, hourlyCap: true })
  .strict();
export type ControlsBody = z.infer<typeof controlsBodySchema>;

/** The timers that an Operator can run by hand: `POST /api/upkeep/{timer}`. */
export const TIMERS = ["reconcile", "purge-guest-exports", "watch-deadlines"] as const;
export type Timer = (typeof TIMERS)[number];

/**
 * What a run came to: so many rows were looked at, so many of them could not be and stay due; `hasMore` when the time
 * of the run was over before all were.
 */
export const upkeepViewSchema = z.object({
  timer: z.enum(TIMERS),
  looked: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  hasMore: z.boolean(),
});
export type UpkeepView = z.infer<typeof upkeepViewSchema>;

/**
 * `GET /api/register`: requests by law, kind and outcome (`open` as long as they have none), with the days from
 * receipt to end. `late` counts those that ended, or are open, past their date.
 */
export const registerSchema = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  groups: z.array(
    z.object({
      law: z.enum(LAWS),
      kind: z.enum(["export", "delete"]),
      outcome: z.string(),
      count: z.int(),
      late: z.int(),
      medianDays: z.number().nullable(),
      meanDays: z.number().nullable(),
    }),
  ),
});
export type Register = z.infer<typeof registerSchema>;

/** An error: problem details (RFC 9457) with our stable `code` and every finding at once. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  code: z.string(),
  errors: z.array(z.object({ detail: z.string(), pointer: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
