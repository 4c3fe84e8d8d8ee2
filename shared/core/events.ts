import { z } from "zod";
import type { PrivacyRequest } from "./request.ts";

/** What subscribers are told: CloudEvents 1.0, never personal data. */

/** The topic that carries the events. */
export const EVENTS_TOPIC = "privacy-events";

/**
 * A CloudEvent in structured mode (https://github.com/cloudevents/spec, v1.0.2). `subject` is the request
 * id; `sequence` orders the events of one request, so that a subscriber can drop what comes late or twice.
 */
export const privacyEventSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal("application/json"),
  sequence: z.string(),
  data: z.object({
    requestId: z.string(),
    kind: z.string(),
    state: z.string(),
    ticketSource: z.string(),
    externalId: z.string().nullable(),
    failureCode: z.string().nullable(),
  }),
});
export type PrivacyEvent = z.infer<typeof privacyEventSchema>;

/**
 * The event that tells of the request's present state, or of something else that `happened` in it. Its id is
 * derived, so that a second copy is the same.
 */
export function stateEvent(
  request: PrivacyRequest,
  at: string,
  happened: string = request.state,
): PrivacyEvent {
  return {
    specversion: "1.0",
    id: `${request.requestId}-${request.sequence}`,
    source: "studio-dsr",
    type: `studio-dsr.request.${happened}.v1`,
    subject: request.requestId,
    time: at,
    datacontenttype: "application/json",
    sequence: String(request.sequence).padStart(10, "0"),
    data: {
      requestId: request.requestId,
      kind: request.kind,
      state: request.state,
      ticketSource: request.source,
      externalId: request.externalId,
      failureCode: request.failure?.code ?? null,
    },
  };
}
