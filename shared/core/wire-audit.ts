import { z } from "zod";

/** The shape of an audit trail in the HTTP API. */

/** An entry of the history. */
export const auditEntrySchema = z.object({
  number: z.int(),
  at: z.string(),
  command: z.string(),
  from: z.string(),
  to: z.string(),
  actor: z.string(),
  note: z.string().nullable(),
  previousHash: z.string(),
  hash: z.string(),
});

/**
 * `GET /api/privacy-requests/{id}/audit`: the history, in order. `hash` is the SHA-256 (hex) of the JSON text of
 * `[previousHash, number, at, command, from, to, actor, note]`; the first `previousHash` is empty, and `head` is the
 * last `hash`. `note` is the salted digest of what a person wrote.
 */
export const auditViewSchema = z.object({
  requestId: z.string(),
  head: z.string(),
  entries: z.array(auditEntrySchema),
});
export type AuditView = z.infer<typeof auditViewSchema>;
