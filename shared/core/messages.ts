import { z } from "zod";

/** What the internal queues carry: pointers to work. The ledger says what the work is. */

/** The steps that a message can point to. */
export const STEPS = [
  "plan",
  "start",
  "export",
  "seal",
  "zip",
  "delete",
  "verify",
  "receipt",
] as const;
export type Step = (typeof STEPS)[number];

/** A pointer. `slice` is empty for steps of the whole request. */
export const messageSchema = z.strictObject({
  requestId: z.string().regex(/^[0-9a-f]{32}$/),
  step: z.enum(STEPS),
  slice: z.string().max(40),
  attempt: z.int().positive(),
});
export type Message = z.infer<typeof messageSchema>;

/** A message owed, and the earliest instant at which it may be delivered. */
export const outgoingSchema = z.object({
  message: messageSchema,
  notBefore: z.string().nullable(),
});
export type Outgoing = z.infer<typeof outgoingSchema>;

/** The queue that carries each step. Queues are apart so that each can run under its own identity. */
export const QUEUES = {
  plan: "plans",
  start: "plans",
  export: "exports",
  seal: "seals",
  zip: "seals",
  receipt: "seals",
  delete: "deletes",
  verify: "deletes",
} as const satisfies Record<Step, string>;

/** The id under which the broker's duplicate detection knows the message. */
export function messageId({ requestId, step, slice, attempt }: Message): string {
  return `${requestId}-${step}-${slice}-${attempt}`;
}
