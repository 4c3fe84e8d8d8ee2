import { z } from "zod";
import { submitBodySchema } from "./wire.ts";

/** What ticketing systems send: CloudEvents 1.0 in structured mode, with the body of the HTTP API as data. */

/** The type of the event that asks for something. */
export const TICKET_TYPE = "studio-dsr.privacy-request.v1";

/** Where tickets go that cannot be taken. */
export const REJECTED_QUEUE = "privacy-requests-rejected";

/** The ticket's own id, which names the request within its system. */
const ticketIdSchema = submitBodySchema.shape.externalId.unwrap();

/**
 * What a ticket asks for: what `POST /api/privacy-requests` takes, with the id of the ticket as `externalId`.
 * `requestedBy` is who wants a deletion, by their object id in Entra; without it two people have to approve.
 */
export const ticketDataSchema = submitBodySchema.extend({
  externalId: ticketIdSchema,
  requestedBy: z.guid().optional(),
});
export type TicketData = z.infer<typeof ticketDataSchema>;

/**
 * The event (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). Who speaks is said by the queue
 * alone, so `source` is read and not believed. Extension attributes are passed over.
 */
export const ticketSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(400),
  source: z.string().min(1).max(800),
  type: z.literal(TICKET_TYPE),
  time: z.iso.datetime({ offset: true }).optional(),
  datacontenttype: z.literal("application/json").optional(),
  data: ticketDataSchema,
});
export type Ticket = z.infer<typeof ticketSchema>;

/** A ticket that is tried again: what came, and how often it was tried. */
export const retriedTicketSchema = z.strictObject({
  tries: z.int().min(1).max(1_000),
  ticket: z.unknown(),
});

/**
 * The event that answers a ticket which cannot be taken. `subject` is derived from the message; `externalId` is
 * there when the message has one that can be one. Nothing else of the message is in it.
 */
export const ticketRejectedSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: z.literal("studio-dsr.ticket.rejected.v1"),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal("application/json"),
  sequence: z.string(),
  data: z.object({
    ticketSource: z.string(),
    externalId: z.string().nullable(),
    code: z.string(),
    reason: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
  }),
});
export type TicketRejected = z.infer<typeof ticketRejectedSchema>;

/** The ticket's id, if what came has one; for telling its system which ticket it was. */
export function ticketIdOf(message: unknown): string | null {
  const found = z.object({ data: z.object({ externalId: ticketIdSchema }) }).safeParse(message);
  return found.success ? found.data.data.externalId : null;
}
