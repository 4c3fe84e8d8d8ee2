import { z } from "zod";
import { deletionControlsSchema } from "./controls.ts";
import { planDocumentSchema, planLineSchema } from "./deletion-plan.ts";
import { deletionResultSchema, deletionSummarySchema } from "./erasure.ts";
import { accountTypeSchema, failureSchema, stateSchema, workspaceSchema } from "./request.ts";
import { scopeInputSchema, scopeSchema } from "./scope.ts";

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
  progress: z.object({ items: progressSchema, bytes: progressSchema }),
  exceptions: z.int(),
  failure: failureSchema.nullable(),
  package: z
    .object({ url: z.string(), sealedAt: z.string(), purgeAt: z.string().nullable() })
    .nullable(),
  receipt: z.object({ url: z.string(), issuedAt: z.string() }).nullable(),
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

/** `PUT /api/workspaces/{id}`: where the workspace is, by region or by address, and its access token. */
export const registerBodySchema = z
  .strictObject({
    type: accountTypeSchema.exclude(["standard"]).optional(),
    region: z.string().max(60).optional(),
    studioUrl: z.string().max(400).optional(),
    token: z.string().regex(/^[\x21-\x7e]{16,1000}$/, {
      error: "must be an access token, as the workspace's settings page shows it",
    }),
  })
  .refine(({ region, studioUrl }) => (region === undefined) !== (studioUrl === undefined), {
    error: "name the region or give the studioUrl, one of the two",
    path: ["region"],
  });
export type RegisterBody = z.infer<typeof registerBodySchema>;

/** A registered workspace: `GET /api/workspaces/{id}`, and the answer to its registration. Never its token. */
export const workspaceViewSchema = z.object({
  id: z.string(),
  accountType: accountTypeSchema,
  studioUrl: z.string(),
  createdAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  registeredBy: z.string(),
  registeredAt: z.string(),
});
export type WorkspaceView = z.infer<typeof workspaceViewSchema>;

/** `GET /api/workspaces`, in order of id. */
export const workspaceListSchema = z.object({ workspaces: z.array(workspaceViewSchema) });
export type WorkspaceList = z.infer<typeof workspaceListSchema>;
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

/** `POST .../refuse`, `.../hold` and `.../release`: why. */
export const reasonBodySchema = z.strictObject({ reason: textSchema });

/** `POST .../cancel`: why, if anybody wants to say. */
export const cancelBodySchema = z.strictObject({ reason: textSchema.optional() });

/** `PUT /api/controls/deletions`; the answer says who set it and when. */
export const controlsBodySchema = deletionControlsSchema
  .pick({ stopped: true, hourlyCap: true })
  .strict();

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

/**
 * `GET /api/privacy-requests/{id}/audit`: the history, in order. `hash` is the SHA-256 (hex) of the JSON text of
 * `[previousHash, number, at, command, from, to, actor, note]`; the first `previousHash` is empty, and `head` is the
 * last `hash`. `note` is the salted digest of what a person wrote.
 */
export const auditViewSchema = z.object({
  requestId: z.string(),
  head: z.string(),
  entries: z.array(
    z.object({
      number: z.int(),
      at: z.string(),
      command: z.string(),
      from: z.string(),
      to: z.string(),
      actor: z.string(),
      note: z.string().nullable(),
      previousHash: z.string(),
      hash: z.string(),
    }),
  ),
});
export type AuditView = z.infer<typeof auditViewSchema>;
