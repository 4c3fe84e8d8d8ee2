import { z } from "zod";
import { assetKindSchema } from "./asset.ts";
import { stateSchema } from "./request.ts";
import { workspaceRefSchema } from "./scope.ts";
import { LAWS } from "./statutory-clock.ts";

/** The shapes of the API's lists, and of what their addresses may ask for. */

const LIMIT = "At most so many, 1 to 100; 50 unless told otherwise.";
const limitSchema = z
  .string()
  .regex(/^([1-9]\d?|100)$/, { error: "must be a number from 1 to 100" })
  .default("50")
  .transform(Number)
  .describe(LIMIT);

/** What `GET /api/privacy-requests` can be asked for. */
export const requestQuerySchema = z.strictObject({
  state: stateSchema.optional().describe("Only requests in this state."),
  kind: z.enum(["export", "delete"]).optional().describe("Only requests of this kind."),
  workspace: workspaceRefSchema
    .optional()
    .describe("Only requests about this workspace: its ARM id, or its id of 32 hex digits."),
  dueBefore: z.iso
    .datetime()
    .optional()
    .describe("Only requests that are due by then (RFC 3339, UTC)."),
  externalId: z.string().min(1).max(200).optional().describe("Only requests of this ticket."),
  limit: limitSchema,
  cursor: z.string().min(1).max(200).optional().describe("The `cursor` of the page before."),
});
export type RequestQuery = z.infer<typeof requestQuerySchema>;

/** One line of the list of requests. `workspaces` are those it names, then those of its plan. */
export const requestLineSchema = z.object({
  id: z.string(),
  kind: z.enum(["export", "delete"]),
  state: stateSchema,
  source: z.string(),
  externalId: z.string().nullable(),
  submitter: z.string(),
  law: z.enum(LAWS),
  submittedAt: z.string(),
  dueAt: z.string(),
  finishedAt: z.string().nullable(),
  workspaces: z.array(z.string()),
});
export type RequestLine = z.infer<typeof requestLineSchema>;

/**
 * `GET /api/privacy-requests`. `cursor` gives the next page, null at the end. A page with few lines, or none, may
 * have a cursor: the next goes on from there.
 */
export const requestListSchema = z.object({
  requests: z.array(requestLineSchema),
  cursor: z.string().nullable(),
});
export type RequestListView = z.infer<typeof requestListSchema>;

/** A line of `GET /api/workspaces/{id}/inventory`: an asset, or at the end how many there were. */
export const inventoryLineViewSchema = z.union([
  z.object({
    type: z.literal("asset"),
    kind: assetKindSchema,
    id: z.string(),
    name: z.string(),
    bytes: z.int(),
    createdAt: z.string().nullable(),
    modifiedAt: z.string().nullable(),
  }),
  z.object({ type: z.literal("end"), assets: z.int(), bytes: z.int() }),
]);
export type InventoryLineView = z.infer<typeof inventoryLineViewSchema>;

/** What `GET /api/privacy-requests/{id}/plan` can be asked for. */
export const planQuerySchema = z.strictObject({
  format: z.enum(["json", "html", "csv"]).optional().describe("Rather than by `Accept`."),
});

/** What `GET /api/dead-letters` can be asked for. */
export const deadLetterQuerySchema = z.strictObject({
  queue: z.string().min(1).max(260).optional().describe("Only those of this queue."),
  limit: limitSchema,
});

/**
 * A message that was given up. `number` names it in its queue. `reason` is the broker's word; `requestId` and
 * `step` are there when the message is one of ours.
 */
export const deadLetterSchema = z.object({
  queue: z.string(),
  number: z.string(),
  reason: z.string(),
  enqueuedAt: z.string(),
  deliveries: z.int(),
  requestId: z.string().nullable(),
  step: z.string().nullable(),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;
export const deadLetterListSchema = z.object({ deadLetters: z.array(deadLetterSchema) });
export type DeadLetterList = z.infer<typeof deadLetterListSchema>;

/** What `GET /api/register` can be asked for: days, both included. */
export const registerQuerySchema = z.strictObject({
  from: z.iso.date().optional().describe("Requests received on this day or later (YYYY-MM-DD)."),
  to: z.iso.date().optional().describe("Requests received on this day or earlier (YYYY-MM-DD)."),
  format: z.enum(["json", "csv"]).optional().describe("Rather than by `Accept`."),
});

/** `GET /api/health`. */
export const healthSchema = z.object({ status: z.literal("ok") });
