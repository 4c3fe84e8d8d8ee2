import { z } from "zod";

/** What request rows are made of, beside states and plans. */

/** An instant: ISO 8601, UTC, milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 });

/** Why a request failed or is blocked: a stable code and a sentence without personal data. */
export const failureSchema = z.object({ code: z.string(), detail: z.string() });
export type Failure = z.infer<typeof failureSchema>;

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
 * What a person wrote about a step: a comment, a reason. It may name people, so the history has only its digest,
 * taken with the salt; both are here, and go when the row goes.
 */
export const noteSchema = z.object({ salt: z.string(), text: z.string().max(2000) });
export type Note = z.infer<typeof noteSchema>;

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
