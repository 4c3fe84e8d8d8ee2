import { z } from "zod";
import { assetKindSchema } from "./asset.ts";

/** What becomes of an asset that is deleted: the intent before the call, the service's word, the proof. */

/**
 * How an outcome is known. `claimed-by-service`: it said so; `unknown-to-service`: it knew of no such thing;
 * `confirmed-after-restart`: it knew of no such thing after we had meant to delete it, so the call was ours.
 */
export const evidenceSchema = z.enum([
  "claimed-by-service",
  "unknown-to-service",
  "confirmed-after-restart",
]);
export type Evidence = z.infer<typeof evidenceSchema>;

/**
 * What a call came to before anybody looked: `claimed` is the service's word, `already-gone` that it knew of no such
 * thing and we had not asked before.
 */
export const erasureOutcomeSchema = z.enum(["claimed", "already-gone", "blocked-by", "failed"]);
export type ErasureOutcome = z.infer<typeof erasureOutcomeSchema>;

/**
 * The row that is stored before an irreversible call, and then holds what came of it. `intended`: a call may have
 * been made; `withdrawn`: none was; `running`: `operation` is asked for again; `answered`: the outcome is there.
 * `number` is the asset's in its slice; `reason` an error code, or the id of the asset that blocks it.
 */
export const intentSchema = z.object({
  key: z.string(),
  number: z.int().nonnegative(),
  assetId: z.string(),
  state: z.enum(["intended", "withdrawn", "running", "answered"]),
  intendedAt: z.string(),
  operation: z.string().nullable(),
  outcome: erasureOutcomeSchema.nullable(),
  evidence: evidenceSchema.nullable(),
  reason: z.string().nullable(),
  answeredAt: z.string().nullable(),
});
export type Intent = z.infer<typeof intentSchema>;

/** The key of an intent: its slice, and the asset's number in it; keys of one slice sort in order. */
export function intentKey(sliceId: string, number: number): string {
  return `${intentPrefix(sliceId)}${String(number).padStart(4, "0")}`;
}

/** What the keys of a slice's intents begin with. */
export function intentPrefix(sliceId: string): string {
  return `${sliceId}-`;
}

/** One line of a deleted slice's report: what came of an asset before anybody looked. */
export const erasureLineSchema = intentSchema
  .pick({ number: true, assetId: true, intendedAt: true, evidence: true, reason: true })
  .extend({ outcome: erasureOutcomeSchema, answeredAt: z.string() });
export type ErasureLine = z.infer<typeof erasureLineSchema>;

/** One line of a look: whether an asset was still there at that instant. */
export const lookLineSchema = z.object({
  assetId: z.string(),
  isThere: z.boolean(),
  lookedAt: z.string(),
});
export type LookLine = z.infer<typeof lookLineSchema>;

/**
 * One line of the outcomes of a deletion, in the order of the plan. `evidence` tells how it is known: what the service
 * said, and `verifiedAt` when an independent look found the thing absent; `with` names the kind it went with.
 */
export const outcomeLineSchema = z.object({
  assetId: z.string(),
  workspace: z.int().nonnegative(),
  kind: assetKindSchema,
  sourceId: z.string(),
  outcome: z.enum(["deleted", "already-gone", "not-deletable", "blocked-by", "failed"]),
  reason: z.string().nullable(),
  with: assetKindSchema.nullable(),
  evidence: evidenceSchema.nullable(),
  intendedAt: z.string().nullable(),
  answeredAt: z.string().nullable(),
  verifiedAt: z.string().nullable(),
});
export type OutcomeLine = z.infer<typeof outcomeLineSchema>;

/** What a deletion came to, by outcome, and where the outcomes of its assets are. */
export const deletionResultSchema = z.object({
  deleted: z.int().nonnegative(),
  alreadyGone: z.int().nonnegative(),
  notDeletable: z.int().nonnegative(),
  blockedBy: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  outcomes: z.string(),
  outcomesSha256: z.string(),
});
export type DeletionResult = z.infer<typeof deletionResultSchema>;

/** What a plan would delete: by a call of its own, together with something else, and what stays. */
export const deletionSummarySchema = z.object({
  erase: z.int().nonnegative(),
  goesWith: z.int().nonnegative(),
  keep: z.int().nonnegative(),
  blockers: z.int().nonnegative(),
});
export type DeletionSummary = z.infer<typeof deletionSummarySchema>;
