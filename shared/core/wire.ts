import { z } from "zod";
import { accountTypeSchema, failureSchema, stateSchema } from "./request.ts";
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
  package: z.object({ url: z.string(), sealedAt: z.string(), purgeAt: z.string() }).nullable(),
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
