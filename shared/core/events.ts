import { z } from "zod";
import type { PrivacyRequest, State } from "./request.ts";

/** What subscribers are told: CloudEvents 1.0, never personal data. */

/** What is told beside the states, and what it means. */
export const HAPPENINGS = {
  "deadline-at-risk":
    "The date by which the request is due is near, or over: told at 7, 3, 1 and 0 days",
  extended: "The time to answer was extended",
  "identity-awaited": "It has to be confirmed whose data it is",
  "identity-confirmed": "It was confirmed whose data it is",
  held: "A deletion is held: no destructive call starts any more",
  released: "The hold of a deletion is over",
  "manual-step-needed":
    "A deletion has ended, and a person has to do what no call can: its plan says what",
  "assets-returned": "What was deleted is there again",
  purged: "The package was removed, with everything in it",
  "second-look-failed": "It could not be looked whether what was deleted is still gone",
} as const;
export type Happening = keyof typeof HAPPENINGS;

/** The type of the event that tells of a state, or of something that happened. */
export function eventTypeOf(told: State | Happening): string {
  return `studio-dsr.request.${told}.v1`;
}

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
    dueAt: z.string(),
    /** The days that are left, in a warning. */
    daysLeft: z.int().nullable(),
    /** How many steps are left for a person, in the call for them. */
    manualSteps: z.int().nullable(),
  }),
});
export type PrivacyEvent = z.infer<typeof privacyEventSchema>;

/**
 * The event that tells of the request's present state, or of something else that `happened` in it; `manualSteps` is how
 * much is left for a person. Its id is derived, so that a second copy is the same.
 */
export function stateEvent(
  request: PrivacyRequest,
  at: string,
  told: State | Happening = request.state,
  manualSteps = 0,
): PrivacyEvent {
  return {
    specversion: "1.0",
    id: `${request.requestId}-${request.sequence}`,
    source: "studio-dsr",
    type: eventTypeOf(told),
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
      dueAt: request.dueAt,
      daysLeft: told === "deadline-at-risk" ? request.warnedDays : null,
      manualSteps: told === "manual-step-needed" ? manualSteps : null,
    },
  };
}
